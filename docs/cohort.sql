-- Questions to a run, in DuckDB's SQL, each with its answer for sample_data (docs/cohort.md):
--     mammocalc run sample_data --out run --set outputs.parquet=true
--     duckdb < docs/cohort.sql

-- Which images have calcifications, how many, and how are they distributed?
SELECT distribution,
       count(*) AS images,
       sum(n_micro) AS micro,
       sum(n_macro) AS macro,
       round(avg(presence_level), 1) AS mean_presence_level
FROM 'run/tables/images.parquet'
GROUP BY distribution
ORDER BY images DESC, distribution;
--   distribution | images | micro | macro | mean_presence_level
--   grouped | 2 | 29 | 0 | 7.2
--   segmental | 2 | 55 | 0 | 7.7
--   diffuse | 1 | 66 | 0 | 8.7
--   linear | 1 | 13 | 0 | 7.3
--   none | 1 | 0 | 0 | 1.4
--   regional | 1 | 43 | 0 | 8.3
--   typically_benign | 1 | 0 | 3 | 6.0
--   vascular | 1 | 43 | 0 | 7.5

-- Which clusters are small, dense and fine?
SELECT k.sop_instance_uid[-8:] AS image,
       k.letter AS cluster,
       k.distribution,
       k.n_members,
       k.extent_mm,
       k.density_per_cm2,
       round(median(c.diameter_mm), 2) AS median_diameter_mm
FROM 'run/tables/clusters.parquet' AS k
JOIN 'run/tables/calcifications.parquet' AS c
  ON c.sop_instance_uid = k.sop_instance_uid AND c.cluster = k.id
WHERE k.n_members >= 5 AND k.loose = 0
GROUP BY ALL
ORDER BY k.density_per_cm2 DESC, image, cluster
LIMIT 5;
--   image | cluster | distribution | n_members | extent_mm | density_per_cm2 | median_diameter_mm
--   45917442 | A | grouped | 15 | 5.137 | 53.321 | 0.43
--   78384268 | A | grouped | 10 | 5.376 | 30.296 | 0.3
--   09162867 | A | linear | 12 | 28.146 | 14.827 | 0.54
--   73135442 | A | segmental | 30 | 39.772 | 7.616 | 0.37
--   96883397 | A | segmental | 23 | 39.795 | 5.461 | 0.39

-- How large are they, and how many are vascular, by device?
SELECT i.manufacturer || ' ' || i.manufacturer_model_name AS device,
       c.size,
       count(*) AS calcifications,
       round(quantile_cont(c.diameter_mm, 0.1), 2) AS p10_mm,
       round(median(c.diameter_mm), 2) AS median_mm,
       round(quantile_cont(c.diameter_mm, 0.9), 2) AS p90_mm,
       count(*) FILTER (list_contains(c.flags, 'vascular')) AS vascular
FROM 'run/tables/calcifications.parquet' AS c
JOIN 'run/tables/images.parquet' AS i USING (sop_instance_uid)
GROUP BY ALL
ORDER BY device, c.size;
--   device | size | calcifications | p10_mm | median_mm | p90_mm | vascular
--   Mammocalc Simulator A | micro | 109 | 0.22 | 0.37 | 0.57 | 43
--   Mammocalc Simulator B | macro | 3 | 2.42 | 2.84 | 3.68 | 0
--   Mammocalc Simulator B | micro | 67 | 0.2 | 0.38 | 0.61 | 0
--   Mammocalc Simulator C | micro | 12 | 0.26 | 0.32 | 0.51 | 0
--   Mammocalc Simulator D | micro | 44 | 0.22 | 0.42 | 0.62 | 0
--   Mammocalc Simulator E | micro | 17 | 0.19 | 0.41 | 0.62 | 0

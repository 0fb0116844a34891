// The records of a result, with the fields that the page reads; a test holds their names against the result's schema.

import type { Point } from "./types.js";

export interface ResultImage {
  sop_instance_uid: string;
  laterality: string;
  view: string;
  rows: number;
  columns: number;
  pixel_spacing_mm: Point | null;
  patient_orientation: string[];
  number_of_frames: number;
  /** From 0; only where the frames of an object were analysed one by one. */
  frame?: number | null;
}

export interface ResultBreast {
  /** [row, column] of each corner. */
  outline: Point[];
  nipple: ResultNipple | null;
}

export interface ResultNipple {
  row: number;
  column: number;
  confidence: number;
}

export interface ResultCounts {
  calcifications: number;
  micro: number;
  macro: number;
  size_unknown: number;
  vascular: number;
  clusters: number;
  vessels: number;
}

export interface ResultDistribution {
  label: string;
  between: string[];
  probabilities: Record<string, number> | null;
  calibrated_on: string | null;
  reasons: string[];
}

export interface ResultMorphology {
  label: string;
  probabilities: Record<string, number>;
  reasons: string[];
}

export interface ResultCalcification {
  id: number;
  letter: string | null;
  row: number;
  column: number;
  diameter_mm: number | null;
  length_mm: number | null;
  width_mm: number | null;
  diameter_px: number;
  /** [row, column] of each corner. */
  outline: Point[];
  size: string | null;
  score: number;
  contrast_to_noise: number;
  cluster: number | null;
  vessel: number | null;
  morphology: ResultMorphology | null;
  left_out: string | null;
  flags: string[];
}

export interface ResultAssociation {
  descriptor: string;
  malignant_share_range: Point;
  population: string;
  n: number;
  source: string;
  meaning: string;
}

export interface ResultCluster {
  id: number;
  letter: string;
  loose: boolean;
  members: number[];
  extent_mm: number;
  hull: Point[];
  distribution: ResultDistribution;
  morphology: ResultMorphology | null;
  published_association: ResultAssociation | null;
}

export interface ResultVessel {
  id: number;
  letter: string;
  members: number[];
  length_mm: number;
  course: Point[];
}

/** Stored pixel (x, y) lies in the run's own picture at offset + scale * (x, y). */
export interface ResultOverlay {
  scale: number;
  offset: Point;
}

export interface Result {
  image: ResultImage;
  breast: ResultBreast;
  presence_level: number | null;
  counts: ResultCounts;
  calcifications: ResultCalcification[];
  clusters: ResultCluster[];
  vessels: ResultVessel[];
  distribution: ResultDistribution;
  overlay: ResultOverlay | null;
  flags: string[];
}

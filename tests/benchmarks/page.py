"""
How long the page of a large run takes to be written and to open.

    python tests/benchmarks/page.py [IMAGES]

Writes a page of 50,000 rows (or as many as asked for) and opens it from the disk in a headless Chromium, five times;
prints its size, the time to write it and the median time until its first images stand in the document.
"""

from __future__ import annotations

import csv
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from served import chromium

from mammocalc.model import FileRow
from mammocalc.rendering.index import write_page
from mammocalc.results.columns import IMAGE_COLUMNS
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution, Status


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        rows = _rows(folder, count)
        start = time.perf_counter()
        write_page(folder, rows, {})
        written_s = time.perf_counter() - start
        size_mb = (folder / "index.html").stat().st_size / 1e6
        print(f"page of {count} images: {size_mb:.1f} MB, written in {written_s:.1f} s")
        times = []
        for _ in range(5):
            page = browser.new_page()
            start = time.perf_counter()
            page.goto((folder / "index.html").as_uri())
            page.locator(".card").first.wait_for()
            times.append(time.perf_counter() - start)
            page.close()
        print(f"opened in {statistics.median(times):.2f} s ({min(times):.2f} to {max(times):.2f})")


def _rows(folder: Path, count: int) -> list[FileRow]:
    labels = [label.value for label in Distribution]
    random = np.random.default_rng(7)
    # Probabilities as the classifier gives them: one of them large, and hardly any two images alike.
    shares = random.dirichlet(np.full(len(DESCRIPTORS), 0.3), count).round(4)
    rows = []
    (folder / "tables").mkdir()
    with (folder / "tables" / "images.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, IMAGE_COLUMNS, restval="")
        table.writeheader()
        for index in range(count):
            uid = f"1.2.826.0.1.3680043.8.498.{index:020d}"
            shard = f"{index % 256:02x}"
            label = labels[index % len(labels)]
            largest = np.sort(shares[index])
            image = {
                "sop_instance_uid": uid, "patient_key": "k", "laterality": "LR"[index % 2], "view": "CC",
                "manufacturer": "Maker", "manufacturer_model_name": f"M{index % 5}", "presence": index % 1000 / 1000,
                "n_calcifications": index % 50, "n_micro": index % 50, "n_macro": 0, "n_clusters": 1,
                "n_size_unknown": 0, "n_vascular": 0, "n_vessels": 0,
                "distribution": label, "flags": "lossy",
                "between": "regional segmental" if label == Distribution.INDETERMINATE else "",
                "result": f"results/{shard}/{uid}.json", "overlay": f"overlays/{shard}/{uid}.jpg",
            }  # fmt: skip
            if label != Distribution.NOT_APPLICABLE:
                image |= {f"p_{name}": share for name, share in zip(DESCRIPTORS, shares[index], strict=True)}
                image["margin"] = round(largest[-1] - largest[-2], 4)
            table.writerow(image)
            rows.append(FileRow(f"site {index % 7}/{index:06d}.dcm", uid, Status.ANALYSED, None, None, 0.5))
    return rows


if __name__ == "__main__":
    main()

"""
The results of `sample_data` as they are promised, and what a change has moved: python tests/golden/golden.py [--write].

Without an option the images are judged, and what was lost, appeared or moved
is printed. With ``--write`` the promised results become those of now: then the
last line that is printed belongs into CHANGELOG.md, under *Results change*,
with a sentence that says what moved and why.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.special import logit

from mammocalc.analysis.image import analyse
from mammocalc.config import load
from mammocalc.dicom import read_mammogram
from mammocalc.execution.process import dicom_settings
from mammocalc.results.result import Provenance, Result
from mammocalc.results.to_json import encode, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = tuple(sorted((ROOT / "sample_data").glob("*.dcm")))
EXPECTED: Final = Path(__file__).parent / "expected"

UNPROMISED: Final = frozenset({"provenance", "notice", "overlay", "outline", "hull", "published_association"})
"""What is left out: how the result came to be, published texts, and outlines, whose sizes are promised instead."""
REACH_MM: Final = 0.5
"""A calcification that moved farther is another one; the smallest distance between two is about as large."""
POSITION_MM: Final = 0.01
SIZE_MM: Final = 0.005
"""A tenth of the finest pixel: processors round the same sums differently, by less than a thousandth of this."""
LOGIT: Final = 0.05
"""Scores and presence lie close to 0 and 1, where only their logit shows a change."""
SHARE: Final = 0.01
RELATIVE: Final = 0.01
_SIZES: Final = re.compile(r"_mm2?$|_px$")
_SCORES: Final = frozenset({"score", "presence"})
_IDENTITIES: Final = frozenset({"id", "cluster", "members", "frame", "rows", "columns", "number_of_frames"})


def judge(path: Path) -> dict[str, Any]:
    """Judge one file by the default settings, and give what is promised of its result."""
    config = load(None, []).config
    report = analyse(read_mammogram(path, dicom_settings(config)), config)
    document = to_json(Result.of(report, Provenance("mammocalc", "", "", "default")))
    promised: dict[str, Any] = _without(document, UNPROMISED)
    return promised


def expected(name: str) -> dict[str, Any]:
    """Read what is promised of a sample; empty if nothing is."""
    path = EXPECTED / f"{name}.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return document


def digest_of_expected() -> str:
    """Give one short name to all promised results together."""
    content = b"".join(path.name.encode() + path.read_bytes() for path in sorted(EXPECTED.glob("*.json")))
    return hashlib.sha256(content).hexdigest()[:12]


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """
    Say what was lost, appeared or moved.

    Parameters
    ----------
    before, now : mapping
        Results, as `judge` gives them.

    Returns
    -------
    list of str
        A sentence each; empty where the two are equal within the tolerances.
        Calcifications are told by their places, everything else by its key.
    """
    found = list(_compare_calcifications(before, now))
    found += _compare(_without(before, {"calcifications"}), _without(now, {"calcifications"}), "")
    return found


def _without(value: Any, keys: frozenset[str] | set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, keys) for key, item in value.items() if key not in keys}
    if isinstance(value, list):
        return [_without(item, keys) for item in value]
    return value


def _places_mm(document: Mapping[str, Any]) -> NDArray[np.float64]:
    spacing = document["image"]["pixel_spacing_mm"]
    places_px = np.array([(c["row"], c["column"]) for c in document["calcifications"]], float).reshape(-1, 2)
    places_mm: NDArray[np.float64] = places_px * np.asarray(spacing, float)
    return places_mm


def _compare_calcifications(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Join the calcifications of two results by their places, and say what became of each."""
    old, new = _places_mm(before), _places_mm(now)
    away_mm = np.linalg.norm(old[:, None] - new[None], axis=2)
    pairs = [
        (i, j)
        for i, j in zip(*linear_sum_assignment(np.minimum(away_mm, REACH_MM)), strict=True)
        if away_mm[i, j] < REACH_MM
    ]
    for i in sorted(set(range(len(old))) - {i for i, _ in pairs}):
        yield f"lost: {_describe(before['calcifications'][i], old[i])}"
    for j in sorted(set(range(len(new))) - {j for _, j in pairs}):
        yield f"appeared: {_describe(now['calcifications'][j], new[j])}"
    for i, j in pairs:
        one, other = before["calcifications"][i], now["calcifications"][j]
        changes = [f"moved by {away_mm[i, j]:.3f} mm"] if away_mm[i, j] > POSITION_MM else []
        changes += _compare(_without(one, {"row", "column"}), _without(other, {"row", "column"}), "")
        if changes:
            yield f"changed: {_describe(one, old[i])}: {'; '.join(changes)}"


def _describe(calcification: Mapping[str, Any], place_mm: NDArray[np.float64]) -> str:
    size = f"{calcification['diameter_mm']:.3f} mm, score {calcification['score']:.4f}"
    return f"calcification {calcification['id']} at ({place_mm[0]:.2f}, {place_mm[1]:.2f}) mm, {size}"


def _compare(before: Any, now: Any, path: str) -> list[str]:
    """Compare two values, key by key."""
    if isinstance(before, dict) and isinstance(now, dict):
        keys = [*before, *(key for key in now if key not in before)]
        missing = object()
        found = []
        for key in keys:
            one, other = before.get(key, missing), now.get(key, missing)
            where = f"{path}.{key}" if path else key
            if one is missing or other is missing:
                found.append(f"{where} {'appeared' if one is missing else 'is gone'}")
            else:
                found += _compare(one, other, where)
        return found
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        return [
            text for i, pair in enumerate(zip(before, now, strict=True)) for text in _compare(*pair, f"{path}[{i}]")
        ]
    if before == now or _is_close(before, now, re.sub(r"\[\d+\]", "", path)):
        return []
    return [f"{path}: {_short(before)} -> {_short(now)}"]


def _is_close(before: object, now: object, path: str) -> bool:
    """Whether two numbers are the same for all that a processor's rounding can do."""
    if not isinstance(before, int | float) or not isinstance(now, int | float) or isinstance(now, bool):
        return False
    name = path.rsplit(".", 1)[-1]
    if name in _IDENTITIES or (isinstance(before, int) and isinstance(now, int)):
        return False
    away = abs(float(before) - float(now))
    if name in _SCORES:
        one, other = logit(np.clip([before, now], 1e-9, 1 - 1e-9))
        return bool(abs(one - other) <= LOGIT)
    if "probabilities" in path or name in {"share", "margin", "confidence", "pectoral_confidence"}:
        return away <= SHARE
    if _SIZES.search(name):
        return away <= max(SIZE_MM, 1e-3 * abs(before))
    return away <= max(RELATIVE * abs(before), 1e-3)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 160 else f"{text[:157]}..."


def main() -> int:
    """Judge the samples, print what moved, and write it down if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="promise the results of now")
    wants_writing = parser.parse_args().write
    moved = False
    for path in SAMPLES:
        now, before = judge(path), expected(path.stem)
        found = differences(before, now) if before else ["nothing was promised of it"]
        moved = moved or bool(found)
        print(f"{path.stem}: {len(found)} differences", *found, sep="\n  ")
        if wants_writing and found:
            EXPECTED.mkdir(exist_ok=True)
            (EXPECTED / f"{path.stem}.json").write_bytes(encode(now))
    print(f"Golden results: {digest_of_expected()}")
    return int(moved and not wants_writing)


if __name__ == "__main__":
    sys.exit(main())

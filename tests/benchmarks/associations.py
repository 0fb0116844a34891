"""
Count the malignant lesions of each distribution in the calcification tables of CBIS-DDSM.

    python tests/benchmarks/associations.py calc_case_description_train_set.csv calc_case_description_test_set.csv

A lesion counts once however many views it has, with 95 % intervals by patient. The figures beside the descriptor of
a cluster were counted by this command; it says whether yours are the same. They are shares within an enriched
collection, not predictive values: see docs/evidence/associations.md. ``--json``
prints them in the form in which they ship.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mammocalc.evaluation import ScoringSettings
from mammocalc.evaluation.bootstrap import Bootstrap
from mammocalc.evaluation.evaluation_report import rounded
from mammocalc.evaluation.truth import TruthError
from mammocalc.results.association import published_evidence
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

COLUMNS: Final = (
    "patient_id",
    "left or right breast",
    "image view",
    "abnormality id",
    "calc distribution",
    "pathology",
)
WORDS: Final = {
    "DIFFUSELY_SCATTERED": Distribution.DIFFUSE,
    "REGIONAL": Distribution.REGIONAL,
    "CLUSTERED": Distribution.GROUPED,
    "LINEAR": Distribution.LINEAR,
    "SEGMENTAL": Distribution.SEGMENTAL,
}
"""The collection uses the words of an earlier edition of BI-RADS."""
UNNAMED: Final = frozenset({"", "NA"})
PATHOLOGY: Final = {"MALIGNANT": True, "BENIGN": False, "BENIGN_WITHOUT_CALLBACK": False}
"""Without callback: judged benign on the mammogram and not biopsied."""
SHARE_DECIMALS: Final = 3
"""Of shares: more than the number of lesions carries."""


@dataclass(frozen=True, slots=True)
class Lesion:
    """
    One abnormality of one breast, seen in one or more views.

    ``named`` holds every descriptor that any of its rows names, in the order
    of the lexicon; composite labels name several.
    """

    patient: str
    views: int
    named: tuple[Distribution, ...]
    is_malignant: bool


def read_lesions(paths: Iterable[Path]) -> tuple[Lesion, ...]:
    """
    Read the calcification tables of CBIS-DDSM, and put the views of a lesion together.

    A lesion is a patient, a side and an abnormality id. A row that is given
    twice counts once. A view without a label adds none; where any row says
    malignant, the lesion is malignant.

    Parameters
    ----------
    paths : iterable of Path
        ``calc_case_description_train_set.csv`` and ``..._test_set.csv``.

    Returns
    -------
    tuple of Lesion
        By patient, side and number.

    Raises
    ------
    TruthError
        Where a table cannot be read or holds an unknown word; nobody is named.
    """
    views: dict[tuple[str, str, str], set[str]] = {}
    named: dict[tuple[str, str, str], set[Distribution]] = {}
    malignant: Counter[tuple[str, str, str]] = Counter()
    for path in paths:
        for line, row in enumerate(_rows(path), start=1):
            patient, side, view, number, label, pathology = (row[name] for name in COLUMNS)
            words = set(label.upper().split("-")) - UNNAMED
            if unknown := words - set(WORDS):
                message = f"{path}, row {line}: the distribution {min(unknown)[:40]!r} is not known."
                raise TruthError(message)
            if not (patient and side and number) or pathology.upper() not in PATHOLOGY:
                message = f"{path}, row {line}: patient, side, abnormality or pathology is missing or not known."
                raise TruthError(message)
            lesion = patient, side.upper(), number
            views.setdefault(lesion, set()).add(view.upper())
            named.setdefault(lesion, set()).update(WORDS[word] for word in words)
            malignant[lesion] += PATHOLOGY[pathology.upper()]
    if not views:
        message = "the tables hold no lesion."
        raise TruthError(message)
    return tuple(
        Lesion(key[0], len(views[key]), tuple(d for d in DESCRIPTORS if d in named[key]), malignant[key] > 0)
        for key in sorted(views)
    )


def count_associations(lesions: Sequence[Lesion], settings: ScoringSettings) -> dict[str, Any]:
    """
    Count the malignant lesions of each distribution, with intervals by patient.

    These are shares within the collection that was counted. Where malignant
    lesions were gathered on purpose, they are no predictive values.

    Parameters
    ----------
    lesions : sequence of Lesion
        At least one.
    settings : ScoringSettings
        Draws, seed and confidence of the bootstrap.

    Returns
    -------
    dict
        ``meaning``, what the shares are; ``views``,
        ``patients_with_malignant`` and ``all``; ``distributions``, the lesions
        with just this descriptor; ``named_at_all``, those with this descriptor and perhaps others;
        ``several``, by the descriptors in one label or in different views;
        ``unnamed``, those without any. Each count holds ``lesions``,
        ``patients``, ``malignant``, ``malignant_share`` and ``interval`` (None
        where the draws agree, and where there are none).
    """
    bootstrap = Bootstrap([lesion.patient for lesion in lesions], settings)
    malignant = np.array([lesion.is_malignant for lesion in lesions], dtype=np.float64)

    def count(chosen: Sequence[bool]) -> dict[str, Any]:
        mask = np.array(chosen, dtype=np.float64)
        figure = bootstrap.ratio(bootstrap.sums(mask * malignant), bootstrap.sums(mask))
        ends = [_share(figure.low), _share(figure.high)]
        return {
            "lesions": figure.n,
            "patients": len({lesion.patient for lesion, is_chosen in zip(lesions, chosen, strict=True) if is_chosen}),
            "malignant": int((mask * malignant).sum()),
            "malignant_share": _share(figure.value),
            "interval": None if None in ends else ends,
        }

    combined = sorted(
        {lesion.named for lesion in lesions if len(lesion.named) > 1},
        key=lambda names: [DESCRIPTORS.index(name) for name in names],
    )
    whole = count([True] * len(lesions))
    return {
        "meaning": f"share within an enriched collection, {whole['malignant_share']:.0%} malignant; "
        "not a predictive value",
        "views": sum(lesion.views for lesion in lesions),
        "patients_with_malignant": len({lesion.patient for lesion in lesions if lesion.is_malignant}),
        "all": whole,
        "distributions": {str(d): count([lesion.named == (d,) for lesion in lesions]) for d in DESCRIPTORS},
        "named_at_all": {str(d): count([d in lesion.named for lesion in lesions]) for d in DESCRIPTORS},
        "several": {" and ".join(names): count([lesion.named == names for lesion in lesions]) for names in combined},
        "unnamed": count([not lesion.named for lesion in lesions]),
    }


def format_associations(counts: dict[str, Any]) -> str:
    """Give the counts as a few lines of text, and what they are."""
    whole = counts["all"]
    lines = [
        f"{whole['lesions']} lesions in {whole['patients']} patients, {counts['views']} views; 95 % intervals",
        counts["meaning"],
        "",
        f"{'distribution':24}{'lesions':>8}{'patients':>10}{'malignant':>11}   share",
    ]
    lines += [_line(name, count) for name, count in counts["distributions"].items()]
    lines.append(_line("no label", counts["unnamed"]))
    if counts["several"]:
        lines += ["", "several labels, in one view or by view; counted under none of the above:"]
        lines += [_line(name, count) for name, count in counts["several"].items()]
        lines += ["", "each descriptor wherever it is named, alone or with others:"]
        lines += [_line(name, count) for name, count in counts["named_at_all"].items()]
    return "\n".join(lines)


def compare(counts: Mapping[str, Any]) -> str:
    """Say whether counts from a user's tables are those that are shipped."""
    shipped = published_evidence().collection
    if counts == shipped.counts.model_dump(mode="json"):
        return f"These are the counts of {shipped.name} that come with mammocalc."
    own, theirs = counts["all"], shipped.counts.all
    return (
        f"These are not the counts of {shipped.name} that come with mammocalc: {own['lesions']} lesions in "
        f"{own['patients']} patients were counted, not {theirs.lesions} in {theirs.patients}, or their labels differ."
    )


def _line(name: str, count: dict[str, Any]) -> str:
    share, interval = count["malignant_share"], count["interval"]
    words = "none" if share is None else f"{share:.1%}"
    if interval is not None:
        words += f" ({interval[0]:.1%} to {interval[1]:.1%})"
    return f"{name:24}{count['lesions']:>8}{count['patients']:>10}{count['malignant']:>11}   {words}"


def _share(value: float | None) -> float | None:
    number = rounded(value)
    return None if number is None else round(number, SHARE_DECIMALS)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # paths in it are broken over lines, within quotes
            reader = csv.DictReader(file)
            names = [name.strip() for name in reader.fieldnames or ()]
            rows = [{name: (row.get(name) or "").strip() for name in COLUMNS} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        message = f"{path} cannot be read as a table: {reason}."
        raise TruthError(message) from None
    if missing := [name for name in COLUMNS if name not in names]:
        message = f"{path} is no calcification table of CBIS-DDSM: it has no column {missing[0]!r}."
        raise TruthError(message)
    return rows


def main(words: Sequence[str] | None = None) -> int:
    """Count, and print; 2 where a table cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="+", type=Path, metavar="CSV", help="a calcification table of the collection")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    arguments = parser.parse_args(words)
    try:
        counts = count_associations(read_lesions(arguments.tables), ScoringSettings())
    except TruthError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(counts, indent=1) if arguments.json else f"{format_associations(counts)}\n\n{compare(counts)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

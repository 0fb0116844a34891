"""Agreement of readers with each other and with the program: Cohen's kappa."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from mammocalc.evaluation.agreement import agreement_figures, confusion
from mammocalc.evaluation.evaluation_report import Table, figure_cells, figure_to_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mammocalc.evaluation.bootstrap import Bootstrap
    from mammocalc.evaluation.evaluation_cases import Case
    from mammocalc.evaluation.evaluation_report import Section
    from mammocalc.evaluation.truth import Reading

PROGRAM: Final = "program"
OF: Final = ("distribution", "presence", "marks")
"""What two readers may agree on: the label of an image, whether it holds any calcification, each mark."""
_Pair: TypeAlias = "tuple[int, str, str]"
"""Number of the case, what one says, what the other says."""


def score_readers(
    readings: Sequence[Reading], cases: Sequence[Case], bootstrap: Bootstrap
) -> tuple[Section | None, dict[str, Table]]:
    """
    Compare readers with one another and with the program.

    Parameters
    ----------
    readings : sequence of Reading
        May be empty.
    cases : sequence of Case
        Of the evaluation; readings of other images are left out.
    bootstrap : Bootstrap
        Over the same cases.

    Returns
    -------
    dict or None
        None where no reading belongs to a case.
    dict of str to Table
        ``readers``: every comparison in one row.
    """
    number = {case.truth.uid: index for index, case in enumerate(cases) if case.found is not None}
    by_reader: dict[str, dict[int, Reading]] = {}
    for reading in readings:
        if reading.uid in number:
            by_reader.setdefault(reading.reader, {})[number[reading.uid]] = reading
    if not by_reader:
        return None, {}
    names = sorted(by_reader)
    with_program = [_with_program(name, by_reader[name], cases, bootstrap) for name in names]
    between = [
        {"readers": [one, other], **_compare(_between(by_reader[one], by_reader[other]), bootstrap)}
        for one, other in combinations(names, 2)
        if by_reader[one].keys() & by_reader[other].keys()
    ]
    section: Section = {"with_program": with_program, "between": between}
    return section, {"readers": _table(section)}


def _with_program(name: str, readings: Mapping[int, Reading], cases: Sequence[Case], bootstrap: Bootstrap) -> Section:
    pairs: dict[str, list[_Pair]] = {"distribution": [], "presence": []}
    accepted: list[float] = []
    owners: list[int] = []
    for case, reading in sorted(readings.items()):
        found = cases[case].found
        if found is None:
            continue
        if reading.label is not None:
            pairs["distribution"].append((case, reading.label, found.label))
        if reading.has_calcifications is not None:
            pairs["presence"].append((case, str(reading.has_calcifications), str(found.marks.reported > 0)))
        accepted += [float(is_accepted) for is_accepted in reading.verdicts.values()]
        owners += [case] * len(reading.verdicts)
    owner = np.array(owners, dtype=np.intp)
    share = bootstrap.ratio(bootstrap.sums(np.array(accepted), owner), bootstrap.sums(np.ones(len(owner)), owner))
    return {
        "reader": name,
        "images": len(readings),
        "blinded": sum(reading.is_blinded for reading in readings.values()),
        "added": sum(reading.added for reading in readings.values()),
        "marks_accepted": figure_to_json(share),
        **_compare(pairs, bootstrap),
    }


def _between(one: Mapping[int, Reading], other: Mapping[int, Reading]) -> dict[str, list[_Pair]]:
    pairs: dict[str, list[_Pair]] = {name: [] for name in OF}
    for case in sorted(one.keys() & other.keys()):
        first, second = one[case], other[case]
        if first.label is not None and second.label is not None:
            pairs["distribution"].append((case, first.label, second.label))
        if first.has_calcifications is not None and second.has_calcifications is not None:
            pairs["presence"].append((case, str(first.has_calcifications), str(second.has_calcifications)))
        for mark in sorted(first.verdicts.keys() & second.verdicts.keys()):
            pairs["marks"].append((case, str(first.verdicts[mark]), str(second.verdicts[mark])))
    return pairs


def _compare(pairs: Mapping[str, Sequence[_Pair]], bootstrap: Bootstrap) -> Section:
    return {name: _kappa(of, bootstrap) if of else None for name, of in pairs.items()}


def _kappa(pairs: Sequence[_Pair], bootstrap: Bootstrap) -> Section:
    labels = sorted({label for _, one, other in pairs for label in (one, other)})
    index = {label: number for number, label in enumerate(labels)}
    first = np.array([index[one] for _, one, _ in pairs])
    second = np.array([index[other] for _, _, other in pairs])

    def statistic(items: NDArray[np.intp]) -> tuple[float, float]:
        counts = np.bincount(first[items] * len(labels) + second[items], minlength=len(labels) ** 2)
        accuracy, _, kappa, *_ = agreement_figures(counts.reshape(len(labels), len(labels)))
        return accuracy, kappa

    figures = bootstrap.of_items(
        np.array([case for case, _, _ in pairs], dtype=np.intp), ("agreement", "kappa"), statistic
    )
    table = confusion([one for _, one, _ in pairs], [other for _, _, other in pairs], labels)
    return {
        "n": len(pairs),
        "labels": labels,
        "confusion": table.tolist(),
        **{name: figure_to_json(figure) for name, figure in figures.items()},
    }


def _table(section: Section) -> Table:
    rows = []
    compared = [(entry["reader"], PROGRAM, entry) for entry in section["with_program"]]
    compared += [(*entry["readers"], entry) for entry in section["between"]]
    for one, other, entry in compared:
        for name in OF:
            if entry.get(name) is not None:
                kappa, agreement = entry[name]["kappa"], entry[name]["agreement"]
                rows.append((one, other, name, *figure_cells(kappa), *figure_cells(agreement)[:3]))
    columns = ("one", "other", "of", "kappa", "low", "high", "n", "agreement", "agreement_low", "agreement_high")
    return Table(columns, tuple(rows))

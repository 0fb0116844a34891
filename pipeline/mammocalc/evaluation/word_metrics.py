"""Metrics of the word of an image against the words of readers, and of readers against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.evaluation.evaluation_report import Table, figure_cells, figure_to_json
from mammocalc.evaluation.label_metrics import NOT_ANALYSED
from mammocalc.evaluation.word_truth import READERS_WORDS
from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mammocalc.evaluation.bootstrap import Bootstrap
    from mammocalc.evaluation.evaluation_cases import Case
    from mammocalc.evaluation.evaluation_report import Section
    from mammocalc.evaluation.truth import Reading

_OF_CONCERN: Final = ("linear", "segmental")
"""The words whose mistakes cost most: counted together as well."""
_WHOLE: Final = ("first", "first_or_second", "mean_recall")


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """
    What was said of images, beside the words of readers.

    ``said`` holds the column of each answer, shape (n,); ``first`` and
    ``either``, shape (n, labels), whether some reader's first word, or first
    or second one, is that of the column; ``case`` the number of each case.
    """

    said: NDArray[np.intp]
    first: NDArray[np.bool_]
    either: NDArray[np.bool_]
    case: NDArray[np.intp]


def score_words(
    readings: Sequence[Reading], cases: Sequence[Case], bootstrap: Bootstrap
) -> tuple[Section | None, dict[str, Table], list[tuple[str, str, int]]]:
    """
    Score the words of images.

    An image counts once, however many have read it: as *first* where the
    program's word is the first word of a reader, as *first or second* where it
    is any word of a reader. The recall of a word is the share of the images
    that a reader calls so first which the program calls so as well; the
    precision of a word is the share of the images that the program calls so
    which are so by a reader.

    Parameters
    ----------
    readings : sequence of Reading
        May be empty; those without a word are left out.
    cases : sequence of Case
        Of the evaluation. An image that was not analysed got no right word.
    bootstrap : Bootstrap
        Over the same cases.

    Returns
    -------
    dict or None
        None where no reading belongs to a case.
    dict of str to Table
        ``words``: each word in one row.
    list of (read, said, count)
        The confusion: an image counts once under each first word it has.
    """
    number = {case.truth.uid: index for index, case in enumerate(cases)}
    of_case: dict[int, list[Reading]] = {}
    for reading in readings:
        if reading.label is not None and reading.uid in number:
            of_case.setdefault(number[reading.uid], []).append(reading)
    if not of_case:
        return None, {}, []
    labels = _labels(of_case, cases)
    images = sorted(of_case)
    program = _answers([(i, _word_of(cases[i]), of_case[i]) for i in images], labels)
    twice = [i for i in images if len(of_case[i]) > 1]
    others = [(i, r.label or "", [o for o in of_case[i] if o is not r]) for i in twice for r in of_case[i]]
    whole, by_word, concern = _figures(program, labels, bootstrap)
    counts = [
        [int((program.first[:, row] & (program.said == column)).sum()) for column in range(len(labels))]
        for row in range(len(labels))
    ]
    commonest = labels[int(program.first.sum(axis=0).argmax())]
    section: Section = {
        "images": len(images),
        "readers": sorted({reading.reader for own in of_case.values() for reading in own}),
        "labels": labels,
        "confusion": counts,
        "program": whole,
        "always": {
            "word": commonest,
            **_figures(_answers([(i, commonest, of_case[i]) for i in images], labels), labels, bootstrap)[0],
        },
        "one_reader_against_the_others": _figures(_answers(others, labels), labels, bootstrap)[0] if twice else None,
        "program_on_images_read_twice": (
            _figures(_answers([(i, _word_of(cases[i]), of_case[i]) for i in twice], labels), labels, bootstrap)[0]
            if twice
            else None
        ),
        "by_word": by_word,
        "linear_or_segmental": concern,
    }
    pairs = [
        (labels[row], labels[column], counts[row][column])
        for row in range(len(labels))
        for column in range(len(labels))
        if counts[row][column]
    ]
    return section, {"words": _table(section)}, pairs


def _word_of(case: Case) -> str:
    return NOT_ANALYSED if case.found is None else case.found.label


def _labels(of_case: Mapping[int, Sequence[Reading]], cases: Sequence[Case]) -> list[str]:
    """List every word that somebody said, in one order."""
    said = {_word_of(cases[i]) for i in of_case}
    said |= {word for own in of_case.values() for r in own for word in (r.label, r.second_label) if word is not None}
    known = list(dict.fromkeys((*READERS_WORDS, *(str(label) for label in Distribution), NOT_ANALYSED)))
    return [label for label in known if label in said] + sorted(said - set(known))


def _answers(items: Sequence[tuple[int, str, Sequence[Reading]]], labels: Sequence[str]) -> _Answers:
    index = {label: column for column, label in enumerate(labels)}
    first = np.zeros((len(items), len(labels)), dtype=np.bool_)
    either = np.zeros_like(first)
    for row, (_, _, own) in enumerate(items):
        for reading in own:
            for word, tables in ((reading.label, (first, either)), (reading.second_label, (either,))):
                for table in tables if word is not None else ():
                    table[row, index[word or ""]] = True
    said = np.array([index[word] for _, word, _ in items], dtype=np.intp)
    return _Answers(said, first, either, np.array([case for case, _, _ in items], dtype=np.intp))


def _figures(answers: _Answers, labels: Sequence[str], bootstrap: Bootstrap) -> tuple[Section, list[Section], Section]:
    """Give the figures of all images, of each word, and of the words of most concern together."""
    columns = np.arange(len(labels))
    of_concern = np.array([label in _OF_CONCERN for label in labels])

    def statistic(items: NDArray[np.intp]) -> tuple[float, ...]:
        said, first, either = answers.said[items], answers.first[items], answers.either[items]
        rows = np.arange(len(items))
        right, nearly = first[rows, said], either[rows, said]
        is_said = said[:, None] == columns
        with np.errstate(invalid="ignore", divide="ignore"):
            recall = (first & is_said).sum(axis=0) / first.sum(axis=0)
            called = is_said.sum(axis=0)
            precision = (is_said & first).sum(axis=0) / called, (is_said & either).sum(axis=0) / called
            concern = of_concern[said]
            together = right[concern].sum() / concern.sum(), nearly[concern].sum() / concern.sum()
        return (right.mean(), nearly.mean(), np.nanmean(recall), *recall, *precision[0], *precision[1], *together)

    kinds = ("recall", "precision_first", "precision_first_or_second")
    of_words = [f"{kind} {label}" for kind in kinds for label in labels]
    of_both = [f"concern {name}" for name in _WHOLE[:2]]
    figures = bootstrap.of_items(answers.case, (*_WHOLE, *of_words, *of_both), statistic)
    whole = {"n": len(answers.said), **{name: figure_to_json(figures[name]) for name in _WHOLE}}
    by_word: list[Section] = [
        {
            "word": label,
            "read": int(answers.first[:, column].sum()),
            "called": int((answers.said == column).sum()),
            **{kind: figure_to_json(figures[f"{kind} {label}"]) for kind in kinds},
        }
        for column, label in enumerate(labels)
    ]
    for entry in by_word:
        entry["recall"]["n"] = entry["read"]
        entry["precision_first"]["n"] = entry["precision_first_or_second"]["n"] = entry["called"]
    called = int(of_concern[answers.said].sum())
    concern = {
        "called": called,
        **{name: figure_to_json(figures[f"concern {name}"]) | {"n": called} for name in _WHOLE[:2]},
    }
    return whole, by_word, concern


def _table(section: Section) -> Table:
    columns = ("word", "read", "called", *(f"recall{end}" for end in ("", "_low", "_high")))
    columns += tuple(f"precision_{name}{end}" for name in _WHOLE[:2] for end in ("", "_low", "_high"))
    kinds = ("recall", "precision_first", "precision_first_or_second")
    rows = [
        (
            entry["word"],
            entry["read"],
            entry["called"],
            *(value for kind in kinds for value in figure_cells(entry[kind])[:3]),
        )
        for entry in section["by_word"]
    ]
    return Table(columns, tuple(rows))

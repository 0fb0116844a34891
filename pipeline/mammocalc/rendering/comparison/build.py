"""Page of a comparison: its pairs and its parts in one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mammocalc.model.view_names import ends_of
from mammocalc.model.view_names import name_of as name_of_view
from mammocalc.rendering.comparison.pictures import CROP_PX, CROPS_PER_ROW
from mammocalc.rendering.pages import fill_page
from mammocalc.rendering.wording import name_of
from mammocalc.vocabulary.changes import CHANGE_SENTENCES, STABILITY_NOTICE, Change
from mammocalc.vocabulary.lexicon import SHORT_NOTICE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mammocalc.model import CalcificationChange, ClusterChange, Comparison, Point
    from mammocalc.rendering.comparison.canvas import Canvas
    from mammocalc.results.result import Result

_DECIMALS = 2
_KEY = 8
"""Digits of a patient key that tell patients apart by eye."""


@dataclass(frozen=True, slots=True, eq=False)
class PairView:
    """
    A pair as the page shows it.

    Attributes
    ----------
    comparison : Comparison
    results : tuple of Result
        Of the current image and of the prior.
    canvases : tuple of Canvas
    pictures : tuple of str or None
        Paths of the two pictures and of the two sheets of thumbnails, relative to the page; None where there is none.
    document : str
        Path of its JSON.
    """

    comparison: Comparison
    results: tuple[Result, Result]
    canvases: tuple[Canvas, Canvas]
    pictures: tuple[str | None, str | None, str | None, str | None]
    document: str


def places_of(comparison: Comparison, results: tuple[Result, Result]) -> tuple[list[Point | None], list[Point | None]]:
    """Give where each calcification lies, or should lie, in the current image and in the prior, in stored pixels."""
    where = [
        {item.number: (item.row_px, item.column_px) for item in result.report.calcifications} for result in results
    ]

    def place(item: CalcificationChange, side: int) -> Point | None:
        number = item.prior_calcification if side else item.calcification
        return item.place_px if number is None else where[side].get(number)

    return (
        [place(item, 0) for item in comparison.calcifications],
        [place(item, 1) for item in comparison.calcifications],
    )


def view_pair(pair: PairView) -> dict[str, Any]:
    """
    Give what the script of the page knows of a pair.

    Parameters
    ----------
    pair : PairView

    Returns
    -------
    dict
        JSON values alone.
    """
    comparison, (current, prior) = pair.comparison, pair.canvases
    ours, theirs = places_of(comparison, pair.results)
    names = [_Names(result) for result in pair.results]
    shown = [item for item in comparison.clusters if _is_shown(item, names)]
    made = comparison.registration
    return {
        "name": name_of_view(comparison.current),
        "patient": (comparison.current.patient_key or "")[:_KEY],
        "uids": [comparison.current.sop_instance_uid, comparison.prior.sop_instance_uid],
        "days": comparison.interval_days,
        "comparable": made.is_comparable,
        "registration": [made.joined, _round(made.residual_mm), made.matched_share, made.mirrored_share],
        "reasons": list(made.reasons),
        "notes": list(comparison.notes),
        "looked": list(comparison.looked_at),
        "counts": {str(change): count for change, count in comparison.counts.items()},
        "sizes": [[_round(canvas.width_mm), _round(canvas.height_mm)] for canvas in (current, prior)],
        "pictures": list(pair.pictures[:2]),
        "crops": list(pair.pictures[2:]),
        "document": pair.document,
        "clusters": [_cluster(item, names) for item in shown],
        "loose": len(comparison.clusters) - len(shown),
        "marks": [
            {
                "change": str(item.change),
                "names": [names[0].calcification(item.calcification), names[1].calcification(item.prior_calcification)],
                "at": [_place(one, current), _place(other, prior)],
                "mm": [_round(item.diameter_mm), _round(item.prior_diameter_mm)],
                "groups": [
                    names[0].group(item.calcification, item.cluster),
                    names[1].group(item.prior_calcification, item.prior_cluster),
                ],
                "reason": item.reason,
            }
            for item, one, other in zip(comparison.calcifications, ours, theirs, strict=True)
        ],
    }


def render_comparison_page(pairs: Sequence[dict[str, Any]], facts: Mapping[str, str], notes: Sequence[str]) -> str:
    """
    Write the page.

    Parameters
    ----------
    pairs : sequence of dict
        As `view_pair` gives them.
    facts : mapping of str to str
        What stands at the top.
    notes : sequence of str
        What is to be said of all of them.

    Returns
    -------
    str
        HTML that opens without a server; the pictures lie beside it. Texts are data to its script, which writes them
        as text.
    """
    data = {
        "notice": SHORT_NOTICE,
        "stability": STABILITY_NOTICE,
        "facts": list(facts.items()),
        "notes": list(notes),
        "words": {str(change): [name_of(str(change)), CHANGE_SENTENCES[change]] for change in Change},
        "crop": [CROP_PX, CROPS_PER_ROW],
        "pairs": [{**pair, "name": name} for pair, name in zip(pairs, _told_apart(pairs), strict=True)],
    }
    return fill_page("rendering/comparison/page", data=data)


def _told_apart(pairs: Sequence[dict[str, Any]]) -> list[str]:
    """Name pairs: those that would be called alike by the ends of the UIDs in which they differ as well."""
    alike: dict[tuple[str, str, int | None], list[int]] = {}
    for number, pair in enumerate(pairs):
        alike.setdefault((pair["patient"], pair["name"], pair["days"]), []).append(number)
    names = [str(pair["name"]) for pair in pairs]
    for numbers in alike.values():
        uids = [[pairs[number]["uids"][side] for number in numbers] for side in (0, 1)]
        side = next((side for side in (0, 1) if len(set(uids[side])) == len(numbers)), 0)
        if len(numbers) > 1:
            for number, end in zip(numbers, ends_of(uids[side]), strict=True):
                names[number] += f" ({'prior ' * side}...{end})"
    return names


class _Names:
    """What the findings of an image are called wherever they are shown: by letters, members of groups by numbers."""

    def __init__(self, result: Result) -> None:
        report, letters = result.report, result.letters
        self._calcifications = letters.calcifications
        loose = {cluster.number for cluster in report.clusters if cluster.distribution.loose}
        self._clusters = {number: letter for number, letter in letters.clusters.items() if number not in loose}
        self._vessels = {
            member: letters.vessels[vessel.number] for vessel in report.vessels for member in vessel.members
        }

    def calcification(self, number: int | None) -> str | None:
        """Name a calcification."""
        return None if number is None else self._calcifications.get(number, str(number))

    def cluster(self, number: int | None) -> str | None:
        """Name a cluster; None for a loose chain as well, which is shown nowhere."""
        return None if number is None else self._clusters.get(number)

    def group(self, number: int | None, cluster: int | None) -> str | None:
        """Name the cluster or else the vessel that a calcification is in."""
        return self.cluster(cluster) or (None if number is None else self._vessels.get(number))


def _is_shown(item: ClusterChange, names: Sequence[_Names]) -> bool:
    """Whether a cluster is more than loose chains, whose specks stand alone."""
    return bool(names[0].cluster(item.cluster) or any(map(names[1].cluster, item.prior_clusters)))


def _cluster(item: ClusterChange, names: Sequence[_Names]) -> dict[str, Any]:
    return {
        "letter": names[0].cluster(item.cluster),
        "prior": [name for name in map(names[1].cluster, item.prior_clusters) if name],
        "change": str(item.change),
        "members": [item.members, item.prior_members, item.joined],
        "reasons": list(item.reasons),
    }


def _place(place_px: Point | None, canvas: Canvas) -> list[float] | None:
    return None if place_px is None else [round(value, _DECIMALS) for value in canvas.place(*place_px)]


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS)

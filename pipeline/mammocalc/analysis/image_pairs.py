"""Pairs of images of one breast: how they can be compared, and the odds and links of their clusters."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from scipy.spatial import KDTree

from mammocalc.analysis.cluster_traits import chest_wall_is_left, frame_of, gap_mm, together, traits_of, without_place
from mammocalc.analysis.link_odds import CALIBRATED_ON, apart_in_one_view, chosen, differences, log_odds, reasons_for
from mammocalc.analysis.view_geometry import Comparison, compare_images
from mammocalc.model import ClusterReference, Link, LinkBasis
from mammocalc.model.letters import ranked_clusters
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mammocalc.analysis.cluster_traits import BreastFrame, Traits
    from mammocalc.model import Report

_CERTAIN: Final = 20.0
"""Log odds of two clusters of one exposure, for or against."""
_SAME_SPOT_MM: Final = 1.0
"""So near is a calcification to itself in the other rendition of its exposure."""
_WORTH_A_WORD: Final = 0.2
"""Other clusters are mentioned whose odds are this share of those that were linked, or more."""


class Place(NamedTuple):
    """A cluster, by the index of its image in the breast and its index among the shown clusters."""

    image: int
    cluster: int


class ImagePairs:
    """
    The images of one breast of one patient and day.

    Parameters
    ----------
    images : sequence of Report
    names : sequence of str
        What each is called, such as ``R MLO``.

    Attributes
    ----------
    images, names : sequence
    clusters : list of list of Cluster
        Those of each image that are shown, in their rank; none where there is no spacing.
    places : list of list of Place
        The same by number.
    traits : dict of Place to Traits
    """

    def __init__(self, images: Sequence[Report], names: Sequence[str]) -> None:
        self.images = images
        self.names = names
        self._frames = [frame_of(report) for report in images]
        self.clusters = [
            [] if frame is None else ranked_clusters(report) for report, frame in zip(images, self._frames, strict=True)
        ]
        self.places = [
            [Place(image, number) for number in range(len(found))] for image, found in enumerate(self.clusters)
        ]
        self.traits: dict[Place, Traits] = {
            place: traits_of(images[place.image], self.clusters[place.image][place.cluster], frame)
            for places, frame in zip(self.places, self._frames, strict=True)
            if frame is not None
            for place in places
        }
        self.comparison = cache(self._compare)
        self.log_odds = cache(self._log_odds)

    def _compare(self, first: int, second: int) -> Comparison:
        return compare_images(self.images[first], self.images[second])

    def _log_odds(self, first: Place, second: Place) -> float:
        """Give the log odds that two clusters of two images are the same."""
        return self._weigh(self.traits[first], self.traits[second], self.comparison(first.image, second.image))

    def log_odds_together(self, one: Place, part: Place, other: Place) -> float:
        """Give the log odds that two clusters of an image are, together, a cluster of another image."""
        whole = together(self.traits[one], self.traits[part], self.frame(one))
        return self._weigh(whole, self.traits[other], self.comparison(one.image, other.image))

    def gap_mm(self, one: Place, other: Place) -> float:
        """Give the shortest distance between members of two clusters of an image."""
        return gap_mm(self.traits[one], self.traits[other])

    def probability(self, first: Place, second: Place, parts: Sequence[Place]) -> float | None:
        """
        Give the probability that two clusters of a finding are the same.

        Parameters
        ----------
        first, second : Place
            In two images.
        parts : sequence of Place
            All clusters of the finding; those in one image are compared together.

        Returns
        -------
        float or None
            None for one exposure that is there twice.
        """
        comparison = self.comparison(first.image, second.image)
        if comparison.is_same_exposure:
            return None
        found = _differences(self._whole(first, parts), self._whole(second, parts), comparison)
        return chosen(math.exp(log_odds(found)), sum(self._rivals(first, second, parts)))

    def link(self, first: Place, second: Place, parts: Sequence[Place]) -> Link:
        """
        Describe the link of two clusters.

        Parameters
        ----------
        first, second : Place
            In two images, in their order.
        parts : sequence of Place
            All clusters of the finding; those in one image are compared together.
        """
        comparison = self.comparison(first.image, second.image)
        one, other = self._whole(first, parts), self._whole(second, parts)
        names = self.names[first.image], self.names[second.image]
        probability = self.probability(first, second, parts)
        if comparison.is_same_exposure:
            basis, evidence = LinkBasis.SAME_EXPOSURE, {"shared": _shared(one, other)}
            reasons = [f"{names[0]} and {names[1]} are one exposure, and these lie in the same place"]
        else:
            found = _differences(one, other, comparison)
            is_placed = not found.keys().isdisjoint(("arc_mm", "apart_mm"))
            basis, evidence = LinkBasis.PLACE_AND_LOOKS if is_placed else LinkBasis.LOOKS, dict(found)
            reasons = list(self._reasons(first, second, (one, other), comparison))
            odds = math.exp(log_odds(found))
            strong = sum(rival >= _WORTH_A_WORD * odds for rival in self._rivals(first, second, parts))
            reasons += [f"{strong} other pairs with one of them come into question"] if strong else []
        reasons += [
            f"{names[0] if place == first else names[1]} shows it in two parts, which were compared together"
            for place in (first, second)
            if self._siblings(place, parts)
        ]
        return Link(
            first=self._reference(first),
            second=self._reference(second),
            probability=probability,
            basis=basis,
            reasons=tuple(reasons),
            evidence=evidence,
            calibrated_on=None if probability is None else CALIBRATED_ON,
        )

    def _whole(self, place: Place, parts: Sequence[Place]) -> Traits:
        traits = self.traits[place]
        for sibling in self._siblings(place, parts):
            traits = together(traits, self.traits[sibling], self.frame(place))
        return traits

    def _siblings(self, place: Place, parts: Sequence[Place]) -> list[Place]:
        return [part for part in parts if part.image == place.image and part != place]

    def frame(self, place: Place) -> BreastFrame:
        """Say from where the place of a cluster is measured."""
        frame = self._frames[place.image]
        if frame is None:
            message = "an image without a spacing has no clusters"
            raise ValueError(message)
        return frame

    def _rivals(self, first: Place, second: Place, parts: Sequence[Place]) -> list[float]:
        """Give the odds of what either cluster could be instead, in these two images."""
        others = [
            *((first, other) for other in self.places[second.image] if other not in parts),
            *((other, second) for other in self.places[first.image] if other not in parts),
        ]
        return [math.exp(self.log_odds(*pair)) for pair in others]

    def _reasons(
        self, first: Place, second: Place, traits: tuple[Traits, Traits], comparison: Comparison
    ) -> Iterator[str]:
        names = self.names[first.image], self.names[second.image]
        one, other = traits
        if comparison.why_not is not None:
            yield f"{comparison.why_not}: compared by appearance only"
            one, other = without_place(one), without_place(other)
        yield from reasons_for(one, other, names)
        labels = [self.clusters[place.image][place.cluster].distribution.label for place in (first, second)]
        yield f"called {labels[0]} in {names[0]}, {labels[1]} in {names[1]}, which is not weighed"
        yield from self._doubts(first.image, second.image)

    def _doubts(self, first: int, second: int) -> Iterator[str]:
        """Say what makes it doubtful that two images show one breast in the same way."""
        for image in (first, second):
            if Flag.CONTRADICTORY_LATERALITY in self.images[image].flags:
                yield f"attributes disagree on the side of {self.names[image]}"
        one, other = self.images[first], self.images[second]
        walls = chest_wall_is_left(one), chest_wall_is_left(other)
        if None not in walls and walls[0] is not walls[1]:
            yield (
                f"the chest wall lies at the other edge of {self.names[second]} than of {self.names[first]}: one of "
                "them is flipped or of the other breast"
            )
        if one.identity.machine != other.identity.machine:
            yield "they come from two machines, so contrasts and sizes differ more"

    def _weigh(self, one: Traits, other: Traits, comparison: Comparison) -> float:
        if comparison.is_same_exposure:
            return _CERTAIN if _shared(one, other) >= 0.5 else -_CERTAIN
        return log_odds(_differences(one, other, comparison))

    def _reference(self, place: Place) -> ClusterReference:
        uid = self.images[place.image].identity.sop_instance_uid
        return ClusterReference(uid, self.clusters[place.image][place.cluster].number)


def _differences(one: Traits, other: Traits, comparison: Comparison) -> Mapping[str, float]:
    """Compare in what two images can be compared."""
    if not comparison.in_place:
        return differences(without_place(one), without_place(other))
    found = dict(differences(one, other))
    apart_mm = apart_in_one_view(one, other) if comparison.is_same_view else None
    if apart_mm is not None:
        for name in ("arc_mm", "straight_mm"):
            found.pop(name, None)
        found["apart_mm"] = apart_mm
    return found


def _shared(one: Traits, other: Traits) -> float:
    """Give the share of the smaller cluster's members that lie in the same place in the other."""
    few, many = sorted((one, other), key=lambda traits: traits.count)
    distances, _ = KDTree(many.points_mm).query(few.points_mm)
    return float((distances <= _SAME_SPOT_MM).mean())

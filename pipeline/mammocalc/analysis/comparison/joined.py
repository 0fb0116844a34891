"""Registration of two images: which calcifications are joined, and where the others should lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

from mammocalc.analysis.comparison.layers import match_in_layers, mirror
from mammocalc.model.comparison import Registration, RegistrationKind
from mammocalc.stages.registration import (
    FrameMap,
    TissueMap,
    expect,
    lay_over,
    local_map,
    match_points,
    register_tissue,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.analysis.comparison.laid_out import LaidOut
    from mammocalc.analysis.comparison.tissue_view import TissueView
    from mammocalc.stages.registration import Matching

LEAST_JOINED: Final = 3
OVER_CHANCE: Final = 1.5
"""So many times the evidence of the best mirrored prior has to be there: then 91 % of simulated pairs of one patient
and 5 % of pairs of two patients are compared; 2.5 times one mirrored prior alone took 83 % and 14 %."""
OVER_CHANCE_ON_TISSUE: Final = 1.0
"""Where the tissue has told that it is the same breast, the mirrored prior only must not fit better."""
NEIGHBOUR_MM: Final = 8.0
LEAST_NEIGHBOURS: Final = 2
"""A place on the other date is known where so many joined calcifications lie that near."""
PLACE_MM: Final = 2.0
"""Then it lies within this: three residuals of a good registration."""
PLACE_SD_MM: Final = 0.8
FEW_PAIRS_SD_MM: Final = 4.0
"""On tissue places are uncertain by how far joined ones scatter, by so much more, and by at least the latter where not
three are joined: simulated ones lie 2.0 to 4.5 mm from their tissue (median), for they lie deeper or less deep."""
SPREADS: Final = 3.0
"""A place lies within so many of these."""
CONFIRMING_PAIRS: Final = 5
"""Tissue that may be that of the other breast is that of this one where so many are joined, 1.5 times over chance; and
so many are asked for where tissue was looked at and is not seen to be the same: 4 of 14 were joined of two patients."""
LEAST_CORRELATION: Final = 0.2
"""Of the blocks of tissue around a place."""


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """
    Two images in one frame.

    Attributes
    ----------
    current, prior : LaidOut
    way : FrameMap or TissueMap
        From the prior into the current image, before any calcification was looked at.
    pairs : ndarray of int, shape (k, 2)
        Indices of the calcifications; empty where the pair is not comparable.
    registration : Registration
    evidence : float
        Of what was joined, as `match_points` gives it.
    by_chance : float
        The same of the best mirrored prior.
    is_rivalled : bool
        Whether the prior mirrored, or what may be meant instead of it, fits clearly better: nothing is comparable.
    """

    current: LaidOut
    prior: LaidOut
    way: FrameMap | TissueMap
    pairs: NDArray[np.intp]
    registration: Registration
    evidence: float = 0.0
    by_chance: float = 0.0
    is_rivalled: bool = False

    @property
    def log_ratios(self) -> NDArray[np.float64]:
        """Logarithms of the ratios of joined diameters, current over prior, shape (k,)."""
        ours, theirs = self.pairs.T
        return np.asarray(np.log(self.current.diameter_mm[ours] / self.prior.diameter_mm[theirs]))

    def expected_in_prior(self, places_mm: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Give where places of the current image lie in the prior, and how far off that may be.

        Parameters
        ----------
        places_mm : ndarray of float64, shape (n, 2)

        Returns
        -------
        ndarray of float64, shape (n, 2)
            In mm of the prior. By the landmarks alone where nothing else is known.
        ndarray of float64, shape (n,)
            In mm: `PLACE_MM` among joined neighbours, on tissue three spreads; infinite where nobody knows.
        """
        ours, theirs = self._joined_in_frame()
        moved, off_mm = self._carried(places_mm, places_mm, ours, theirs)
        return self.way.to_prior(moved), off_mm

    def expected_in_current(self, places_mm: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give where places of the prior lie in the current image; as `expected_in_prior`."""
        ours, theirs = self._joined_in_frame()
        there = self.way.to_current(places_mm)
        return self._carried(there, there, theirs, ours)

    def _joined_in_frame(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        ours = self.current.points_mm[self.pairs[:, 0]]
        return ours, self.way.to_current(self.prior.points_mm[self.pairs[:, 1]])

    def _carried(
        self,
        places_mm: NDArray[np.float64],
        in_current_mm: NDArray[np.float64],
        from_mm: NDArray[np.float64],
        to_mm: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Carry places as the joined pairs around them go, and tell how far off they may be."""
        if not len(places_mm):
            return places_mm, np.zeros(0)
        is_near = np.zeros(len(places_mm), bool)
        if len(from_mm):
            near = KDTree(from_mm).query_ball_point(places_mm, NEIGHBOUR_MM, return_length=True)
            is_near = np.asarray(near) >= LEAST_NEIGHBOURS
        if not isinstance(self.way, TissueMap):
            moved = local_map(places_mm, from_mm, to_mm) if len(from_mm) else places_mm
            return moved, np.where(is_near, PLACE_MM, np.inf)
        moved, spread = expect(places_mm, from_mm, to_mm, on_tissue=True)
        sd_mm = np.sqrt(np.linalg.eigvalsh(spread)[:, -1] + PLACE_SD_MM**2)
        if len(from_mm) < LEAST_JOINED:
            sd_mm = np.maximum(sd_mm, FEW_PAIRS_SD_MM)
        is_known = is_near | (self.way.agreement(in_current_mm) >= LEAST_CORRELATION)
        return moved, np.where(is_known & self.is_of_one_breast, SPREADS * sd_mm, np.inf)

    @property
    def is_of_one_breast(self) -> bool:
        """Whether tissue, or what is joined on it, tells that this is not the patient's other breast."""
        by_pairs = _confirms(self.pairs, self.evidence, self.by_chance)
        return by_pairs or (isinstance(self.way, TissueMap) and self.way.is_of_one_breast)


def join(
    current: LaidOut, prior: LaidOut, tissues: tuple[TissueView | None, TissueView | None] = (None, None)
) -> Joined:
    """
    Lay two images over each other and join their calcifications, held against chance.

    Parameters
    ----------
    current, prior : LaidOut
        Of one view of one breast.
    tissues : tuple of TissueView or None
        Of both, where the pixels were looked at: then their tissue is laid over each other first.

    Returns
    -------
    Joined
    """
    frame = lay_over(current.anatomy, prior.anatomy)
    ours, theirs = tissues
    tissue = None if ours is None or theirs is None else register_tissue(ours.image, theirs.image, frame)
    if tissue is not None and ours is not None and theirs is not None and tissue.is_sure:
        crops = (ours.crops, theirs.crops)
        found, mirrored = match_in_layers(current, prior, tissue.to_current(prior.points_mm), crops)
        return judged(current, prior, tissue, found, mirrored, tissue)
    places = frame.to_current(prior.points_mm)
    found, *mirrored = (
        match_points(current.points_mm, points, current.traits, prior.traits) for points in (places, *mirror(places))
    )
    return judged(current, prior, frame, found, mirrored, tissue)


def judged(
    current: LaidOut,
    prior: LaidOut,
    way: FrameMap | TissueMap,
    found: Matching,
    mirrored: Sequence[Matching],
    tissue: TissueMap | None,
) -> Joined:
    """
    Believe what was joined where the mirrored prior joins clearly less.

    Parameters
    ----------
    current, prior : LaidOut
    way : FrameMap or TissueMap
        By which the two were laid over each other.
    found : Matching
    mirrored : sequence of Matching
        The same with the prior mirrored, along the wall first.
    tissue : TissueMap or None
        Of both, whether it is sure or not; None where the pixels were not looked at.

    Returns
    -------
    Joined
    """
    frame, laid = (way.frame, way) if isinstance(way, TissueMap) else (way, None)
    on_tissue = laid is not None
    smaller = min(len(current.points_mm), len(prior.points_mm))
    by_chance, best = len(mirrored[0].pairs), max(one.evidence for one in mirrored)
    # Tissue that was looked at and is not seen to be the same speaks against what lies on it.
    least = 1 if on_tissue else LEAST_JOINED if tissue is None else CONFIRMING_PAIRS
    is_clear = (
        len(found.pairs) >= least and found.evidence >= (OVER_CHANCE_ON_TISSUE if on_tissue else OVER_CHANCE) * best
    )
    mirrored_fits = not on_tissue and by_chance >= LEAST_JOINED and best >= OVER_CHANCE * found.evidence
    pairs = found.pairs if is_clear else found.pairs[:0]
    joined = len(pairs) if on_tissue else len(found.pairs)
    is_comparable = is_clear or (laid is not None and laid.is_of_one_breast)
    kind = RegistrationKind.TISSUE if on_tissue else RegistrationKind.NEIGHBOURS
    registration = Registration(
        kind=kind if is_comparable else RegistrationKind.LANDMARKS,
        axis=str(frame.axis),
        origin=str(frame.origin),
        stretch=frame.ratio,
        joined=joined,
        residual_mm=found.residual_mm if joined else None,
        matched_share=joined / smaller if smaller else None,
        mirrored_share=by_chance / smaller if smaller else None,
        tissue_correlation=None if tissue is None else tissue.correlation,
        mirrored_correlation=None if tissue is None else tissue.mirrored,
        is_comparable=is_comparable,
        reasons=(
            *_reasons(
                len(found.pairs),
                by_chance,
                smaller,
                least,
                is_clear=is_clear,
                mirrored_fits=mirrored_fits,
                on_tissue=on_tissue,
            ),
            *_reasons_of_tissue(tissue, is_confirmed=_confirms(pairs, found.evidence, best)),
        ),
    )
    return Joined(current, prior, way, pairs, registration, found.evidence, best, mirrored_fits)


def _reasons(
    joined: int, by_chance: int, smaller: int, least: int, *, is_clear: bool, mirrored_fits: bool, on_tissue: bool
) -> tuple[str, ...]:
    if not smaller:
        return ("one of the two images has no calcification, so nothing can be joined",)
    said = f"{joined} of {smaller} joined, and {by_chance} with the prior mirrored along the wall"
    if is_clear:
        return (said,)
    if mirrored_fits:
        return (said, "the mirrored prior fits better: one of the images may be turned, or of the other side")
    if not on_tissue and joined < least:
        return (said, f"fewer than {least}: the two cannot be laid over each other by their calcifications")
    if not joined:
        return (said,)
    over = "as much as" if on_tissue else f"{OVER_CHANCE:g} times"
    return (said, f"not {over} the evidence of the best mirrored prior: which is which cannot be told")


def _confirms(pairs: NDArray[np.intp], evidence: float, by_chance: float) -> bool:
    """Tell whether what is joined shows that the tissue is that of one breast."""
    return len(pairs) >= CONFIRMING_PAIRS and evidence >= OVER_CHANCE * by_chance


def _reasons_of_tissue(tissue: TissueMap | None, *, is_confirmed: bool) -> tuple[str, ...]:
    if tissue is None:
        return ()
    said = (
        f"blocks of the tissue have a correlation of {tissue.correlation:.2f} where the others expect them, "
        f"{tissue.mirrored:.2f} with the prior mirrored"
    )
    if tissue.is_of_one_breast:
        return (f"{said}: it is the same",)
    if tissue.is_sure:
        return (f"{said}: it {'is the same by what is joined' if is_confirmed else 'may be that of the other breast'}",)
    return (f"{said}: it may not be the same",)

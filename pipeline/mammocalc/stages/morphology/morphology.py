"""Morphology of particles and clusters in the words of BI-RADS: candidates with reasons."""

from __future__ import annotations

from dataclasses import fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mammocalc.model import MorphologyCall
from mammocalc.stages.morphology.appearance import Appearance, describe_appearance
from mammocalc.stages.morphology.cluster import describe_cluster
from mammocalc.stages.morphology.limits import GROUP_HALF, POWDER_MIN_SHARE
from mammocalc.stages.morphology.pieces import call_pieces
from mammocalc.stages.morphology.table import CLUSTERS, judge, not_assessable, particle_table, wording
from mammocalc.vocabulary.lexicon import Flag, Morphology, View
from mammocalc.vocabulary.numbers import say_percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mammocalc.model import Breast, Calcification, Scale
    from mammocalc.stages.morphology.criteria import Row
    from mammocalc.stages.morphology.settings import MorphologySettings
    from mammocalc.vocabulary.geometry import PixelSpacing


NOT_OF_A_PATTERN: Final = frozenset(
    {
        Morphology.SKIN,
        Morphology.POPCORN,
        Morphology.ROD,
        Morphology.RIM,
        Morphology.EGGSHELL,
        Morphology.DYSTROPHIC,
        Morphology.SUTURE,
    }
)
"""Kinds with a cause of their own, which BI-RADS describes without a distribution. Vascular is told by its flag."""

_QUANTITIES: Final = tuple(field.name for field in fields(Appearance))

_ONE_VIEW: Final = (
    "milk of calcium is not assessable: it shows by the change between a craniocaudal and a true lateral view"
)

MIN_ACROSS_PX: Final = 4.0
"""Particles narrower than this many pixels have no assessable shape: below it, the outlines of round and angular bodies
differ by less than their noise."""

_MIN_LINEAR_PX: Final = 8.0
"""A narrower particle at least this long can still be seen to be linear."""

_GROUP_MIN_ASSESSABLE: Final = 3
"""Fewer members with an assessable shape do not describe a group."""

_GROUP_MIN_SHARE: Final = 0.25
"""Smallest share of members with an assessable shape; below it they may be unlike the others."""


def classify_morphology(
    found: Sequence[Calcification],
    finest: Scale,
    breast: Breast,
    spacing: PixelSpacing,
    settings: MorphologySettings,
) -> tuple[Calcification, ...]:
    """
    Say what kind each calcification looks like.

    What lies at the edge of a coarse, typically benign one is a piece of it.

    Parameters
    ----------
    found : sequence of Calcification
        Measured in mm.
    finest : Scale
        The finest image; shapes are looked at on its pixels.
    breast : Breast
        Its box is where the image begins.
    spacing : PixelSpacing
        Size of a pixel.
    settings : MorphologySettings
        Limits.

    Returns
    -------
    tuple of Calcification
        The same in the same order, each with its ``morphology``.
    """
    called = tuple(
        replace(c, morphology=_of_particle(c, _look_at(c, finest, breast, spacing), spacing, settings)) for c in found
    )
    return call_pieces(called, [not counts_for_distribution(c, settings)[0] for c in called], spacing)


def _look_at(c: Calcification, finest: Scale, breast: Breast, spacing: PixelSpacing) -> Appearance | None:
    """Look at a particle that is wide or long enough for a shape, and is no part of an artery."""
    if c.width_mm is None or c.length_mm is None or Flag.VASCULAR in c.flags:
        return None
    is_wide = c.width_mm / spacing.mean_mm >= MIN_ACROSS_PX
    is_long = c.length_mm / spacing.mean_mm >= _MIN_LINEAR_PX
    return describe_appearance(c, finest, breast, spacing) if is_wide or is_long else None


def _of_particle(
    c: Calcification, seen: Appearance | None, spacing: PixelSpacing, settings: MorphologySettings
) -> MorphologyCall | None:
    """Classify one particle by what was seen of it."""
    if c.width_mm is None:
        return None
    if Flag.VASCULAR in c.flags:
        reason = "lies on a chain that looks like an artery"
        sure = MappingProxyType({Morphology.VASCULAR: 1.0})
        return MorphologyCall(Morphology.VASCULAR, sure, (reason,))
    width_px = c.width_mm / spacing.mean_mm
    if seen is None:
        reason = f"{width_px:.1f} pixels across: a shape needs {MIN_ACROSS_PX:g}"
        return not_assessable(reason, {"across_px": width_px})
    values = _values(seen)
    call = judge(particle_table(settings), values)
    if seen.across_px < MIN_ACROSS_PX and call.label is not Morphology.FINE_LINEAR:
        reason = f"{seen.across_px:.1f} pixels across and not linear: a shape needs {MIN_ACROSS_PX:g}"
        return not_assessable(reason, values)
    return call


def _values(seen: Appearance) -> dict[str, float]:
    """Give the quantities of the table by name."""
    values = {name: float(getattr(seen, name)) for name in _QUANTITIES}
    values["wall_share"] = seen.wall_mm / seen.width_mm
    values["path_mm"] = seen.curl * seen.length_mm
    return values


def counts_for_distribution(calcification: Calcification, settings: MorphologySettings) -> tuple[bool, str]:
    """
    Tell whether a calcification belongs to the pattern that a distribution describes.

    Size alone leaves nothing out: a coarse heterogeneous calcification of
    1 mm counts like a small one.

    Parameters
    ----------
    calcification : Calcification
        With its morphology.
    settings : MorphologySettings
        How sure it must be.

    Returns
    -------
    tuple of (bool, str)
        False for arteries and for kinds with a cause of their own, with the
        reason in words; True and an empty text for all others.
    """
    if Flag.VASCULAR in calcification.flags:
        return False, "vascular: lies on a chain that looks like an artery"
    call = calcification.morphology
    if call is None:
        return True, ""
    apart = NOT_OF_A_PATTERN
    if (calcification.diameter_mm or 0.0) >= settings.apart_round_min_mm:
        apart = apart | {Morphology.ROUND}
    certainty = sum(call.probabilities.get(kind, 0.0) for kind in apart)
    if call.label not in apart or certainty < settings.apart_min_certainty:
        return True, ""
    return False, f"{wording(call.label)} ({say_percent(call.probabilities[call.label])}): {call.reasons[0]}"


def set_apart(
    found: Sequence[Calcification], settings: MorphologySettings
) -> tuple[tuple[Calcification, ...], tuple[Calcification, ...], tuple[str, ...]]:
    """
    Separate the calcifications that count for the distribution from those excluded from it.

    Parameters
    ----------
    found : sequence of Calcification
        With their morphology.
    settings : MorphologySettings
        How sure that must be.

    Returns
    -------
    tuple of (counting, apart, reasons)
        Both in the order of ``found``, those set apart with why in
        ``left_out``; one sentence for each kind that was set apart, in
        alphabetical order.
    """
    calls = [counts_for_distribution(c, settings) for c in found]
    counting = tuple(c for c, (does_count, _) in zip(found, calls, strict=True) if does_count)
    apart = tuple(replace(c, left_out=why) for c, (does_count, why) in zip(found, calls, strict=True) if not does_count)
    kinds = [
        Morphology.VASCULAR if c.morphology is None or Flag.VASCULAR in c.flags else c.morphology.label for c in apart
    ]
    reasons = tuple(
        f"{kinds.count(kind)} that {'looks' if kinds.count(kind) == 1 else 'look'} {wording(kind)} "
        f"{'is' if kinds.count(kind) == 1 else 'are'} listed and not counted for the distribution"
        for kind in sorted(set(kinds))
    )
    return counting, apart, reasons


def classify_cluster(
    members: Sequence[Calcification], spacing: PixelSpacing, view: View, settings: MorphologySettings
) -> MorphologyCall:
    """
    Say what kind of calcifications a cluster holds.

    Parameters
    ----------
    members : sequence of Calcification
        At least one, with their ``morphology``.
    spacing : PixelSpacing
        Size of a pixel.
    view : View
        Powder on the skin of the axilla is looked for in oblique views alone.
    settings : MorphologySettings
        Limits.

    Returns
    -------
    MorphologyCall
        Where most members are of one kind with a cause of its own, that kind;
        else by the shares of its members; ``not_assessable`` where too few of
        them have a shape that the pixels carry.
    """
    seen = describe_cluster(members, spacing, view, settings)
    calls = [c.morphology for c in members if c.morphology is not None]
    own = [call.label for call in calls if call.label in NOT_OF_A_PATTERN | {Morphology.VASCULAR}]
    if len(own) > GROUP_HALF * len(members):
        kind = max(sorted(set(own)), key=own.count)
        reason = f"{own.count(kind)} of {len(members)} are {wording(kind)}"
        share = own.count(kind) / len(members)
        shares = {kind: share, **({Morphology.NOT_ASSESSABLE: 1 - share} if share < 1 else {})}
        return MorphologyCall(kind, MappingProxyType(shares), (reason,), MappingProxyType(seen))
    assessable = seen["assessable_count"]
    table: Mapping[Morphology, Row] = CLUSTERS
    if assessable < max(_GROUP_MIN_ASSESSABLE, _GROUP_MIN_SHARE * len(members)):
        table = {Morphology.POWDER: CLUSTERS[Morphology.POWDER]}  # which is told by its place, not by shapes
        if seen["axilla_share"] < POWDER_MIN_SHARE:
            reason = (
                f"{assessable:.0f} of {len(members)} members have an assessable shape: "
                f"{_GROUP_MIN_ASSESSABLE} and {say_percent(_GROUP_MIN_SHARE)} are needed"
            )
            return not_assessable(reason, seen)
    call = judge(table, seen)
    counted = f"{assessable:.0f} of {len(members)} members have an assessable shape"
    if call.label is Morphology.FINE_LINEAR and seen["branches"]:
        counted += f"; their chain branches at {seen['branches']:.0f} places"
    unseen = (_ONE_VIEW,) if call.label in {Morphology.ROUND, Morphology.PUNCTATE, Morphology.AMORPHOUS} else ()
    return replace(call, reasons=(*call.reasons, counted, *unseen))

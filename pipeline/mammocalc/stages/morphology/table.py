"""The decision table: one row for each kind, one test for each of its limits."""

from __future__ import annotations

import functools
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mammocalc.model import MorphologyCall
from mammocalc.stages.morphology.criteria import Criterion, Row, Unless, at_least, at_most
from mammocalc.stages.morphology.limits import (
    AMORPHOUS_MAX_CONTRAST,
    AMORPHOUS_MIN_EDGE_WIDTH_MM,
    EGGSHELL_MAX_WALL_SHARE,
    FINE_LINEAR_MIN_ELONGATION,
    GROUP_HALF,
    GROUP_MIN_LINEAR,
    GROUP_MIN_LINEAR_COUNT,
    LINEAR_MAX_CURL,
    POPCORN_MAX_LUCENCY,
    POPCORN_MIN_LOBULATION,
    POWDER_MIN_COUNT,
    POWDER_MIN_SHARE,
    RIM_MAX_WALL_MM,
    RIM_MIN_LENGTH_MM,
    RIM_MIN_LUCENCY,
    RIM_MIN_SHARE,
    RIM_MIN_SOLIDITY,
    ROD_MAX_WIDTH_MM,
    ROD_MIN_ELONGATION,
    ROD_MIN_LENGTH_MM,
    ROUND_MAX_OUT_OF_ROUND,
    SKIN_MAX_LENGTH_MM,
    SUTURE_MAX_RIBBON_MM,
    SUTURE_MAX_SOLIDITY,
    SUTURE_MIN_PATH_MM,
    UNLIKELY,
)
from mammocalc.vocabulary.lexicon import Morphology
from mammocalc.vocabulary.numbers import say_mm, say_percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.stages.morphology.settings import MorphologySettings

_HALF: Final = 0.5
_LISTED: Final = 5e-5
_NOTHING: Final = 1e-6
_HOLLOW = (at_least("lucency", RIM_MIN_LUCENCY), at_least("rim_share", RIM_MIN_SHARE))
_SHELL = (
    *_HOLLOW,
    at_least("length_mm", RIM_MIN_LENGTH_MM),
    at_most("wall_mm", RIM_MAX_WALL_MM),
    at_least("solidity", RIM_MIN_SOLIDITY),
)
_SKIN = (*_HOLLOW, at_least("near_skin", _HALF), at_most("length_mm", SKIN_MAX_LENGTH_MM))
_SLENDER = (at_least("elongation", ROD_MIN_ELONGATION), at_most("width_mm", ROD_MAX_WIDTH_MM))
_NO_ROD = Unless("no rod", _SLENDER)
_THREAD = (
    at_least("path_mm", SUTURE_MIN_PATH_MM),
    at_most("ribbon_mm", SUTURE_MAX_RIBBON_MM),
    at_most("solidity", SUTURE_MAX_SOLIDITY),
)
_NO_SHELL = Unless("no shell", _SHELL)
_NOT_OF_SKIN = Unless("not of the skin", _SKIN)
_SHARP = at_most("edge_width_mm", AMORPHOUS_MIN_EDGE_WIDTH_MM)
_ROUND = (at_most("out_of_round", ROUND_MAX_OUT_OF_ROUND), _SHARP, _NO_SHELL)
_IRREGULAR = (at_least("out_of_round", ROUND_MAX_OUT_OF_ROUND), _SHARP, _NO_SHELL)


@functools.cache
def particle_table(s: MorphologySettings) -> Mapping[Morphology, Row]:
    """
    Give the rows for a single particle, with the sizes that a configuration gives.

    Vascular is no row: the chain that a particle lies on says so, and its flag.
    """
    lobed = (
        at_least("length_mm", s.popcorn_min_length_mm),
        at_least("lobulation", POPCORN_MIN_LOBULATION),
        at_most("lucency", POPCORN_MAX_LUCENCY),
    )
    fine = (at_most("diameter_mm", s.fine_max_mm),)
    coarse = (at_least("diameter_mm", s.fine_max_mm), at_most("width_mm", s.coarse_max_mm))
    wide = (at_least("width_mm", s.dystrophic_min_width_mm), _NO_ROD)
    return MappingProxyType(
        {
            Morphology.SKIN: _SKIN,
            Morphology.RIM: (*_SHELL, _NOT_OF_SKIN, at_least("wall_share", EGGSHELL_MAX_WALL_SHARE)),
            Morphology.EGGSHELL: (*_SHELL, _NOT_OF_SKIN, at_most("wall_share", EGGSHELL_MAX_WALL_SHARE)),
            Morphology.POPCORN: (*lobed, *wide, Unless("no thread", _THREAD)),
            Morphology.ROD: (
                at_least("width_mm", s.rod_min_width_mm),
                at_least("length_mm", ROD_MIN_LENGTH_MM),
                *_SLENDER,
                at_most("curl", LINEAR_MAX_CURL),
            ),
            Morphology.DYSTROPHIC: (*wide, Unless("not lobed", lobed), _NO_SHELL),
            Morphology.SUTURE: _THREAD,
            Morphology.FINE_LINEAR: (
                at_most("width_mm", s.fine_max_mm),
                at_least("elongation", FINE_LINEAR_MIN_ELONGATION),
                at_most("curl", LINEAR_MAX_CURL),
                _SHARP,
            ),
            Morphology.ROUND: (*_ROUND, *coarse),
            Morphology.PUNCTATE: (*_ROUND, *fine),
            Morphology.COARSE_HETEROGENEOUS: (*_IRREGULAR, *coarse, at_most("elongation", ROD_MIN_ELONGATION)),
            Morphology.FINE_PLEOMORPHIC: (*_IRREGULAR, *fine, at_most("elongation", FINE_LINEAR_MIN_ELONGATION)),
            Morphology.AMORPHOUS: (
                at_least("edge_width_mm", AMORPHOUS_MIN_EDGE_WIDTH_MM),
                at_most("contrast_to_noise", AMORPHOUS_MAX_CONTRAST),
                at_most("width_mm", s.coarse_max_mm),
                at_most("elongation", FINE_LINEAR_MIN_ELONGATION),
            ),
        }
    )


CLUSTERS: Final[Mapping[Morphology, Row]] = MappingProxyType(
    {
        Morphology.FINE_LINEAR: (
            at_least("linear_share", GROUP_MIN_LINEAR),
            at_least("linear_count", GROUP_MIN_LINEAR_COUNT),
        ),
        Morphology.COARSE_HETEROGENEOUS: (
            at_least("coarse_share", GROUP_HALF),
            at_most("round_share", GROUP_HALF),
            at_most("amorphous_share", GROUP_HALF),
            at_most("linear_share", GROUP_MIN_LINEAR),
        ),
        Morphology.FINE_PLEOMORPHIC: (
            at_most("coarse_share", GROUP_HALF),
            at_most("round_share", GROUP_HALF),
            at_most("amorphous_share", GROUP_HALF),
            at_most("linear_share", GROUP_MIN_LINEAR),
        ),
        Morphology.ROUND: (
            at_least("coarse_share", GROUP_HALF),
            at_least("round_share", GROUP_HALF),
            at_most("linear_share", GROUP_MIN_LINEAR),
        ),
        Morphology.PUNCTATE: (
            at_most("coarse_share", GROUP_HALF),
            at_least("round_share", GROUP_HALF),
            at_most("linear_share", GROUP_MIN_LINEAR),
        ),
        Morphology.AMORPHOUS: (at_least("amorphous_share", GROUP_HALF),),
        Morphology.POWDER: (at_least("axilla_share", POWDER_MIN_SHARE), at_least("count", POWDER_MIN_COUNT)),
    }
)
"""A cluster, by the shares of its members with an assessable shape."""

_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "length_mm": "{mm} long",
        "width_mm": "{fine_mm} wide",
        "diameter_mm": "{fine_mm} in diameter",
        "elongation": "{value:.1f} times as long as wide",
        "solidity": "fills {percent} of its hull",
        "lobulation": "lobulation {value:.2f}",
        "out_of_round": "{percent} of its area off a disc",
        "curl": "half of its perimeter {value:.2f} times its length",
        "path_mm": "{mm} along its bends",
        "ribbon_mm": "{fine_mm} thick",
        "lucency": "middle {percent} below the rim",
        "rim_share": "rim in {percent} of the directions",
        "wall_mm": "wall {fine_mm}",
        "wall_share": "wall {percent} of the width",
        "edge_width_mm": "edge {fine_mm} wide",
        "contrast_to_noise": "contrast to noise {value:.0f}",
        "near_skin": "near the skin",
        "linear_share": "{percent} of the assessable members linear",
        "count": "{value:.0f} members",
        "linear_count": "{value:.1f} in number",
        "coarse_share": "{percent} of all members not fine",
        "round_share": "{percent} round",
        "amorphous_share": "{percent} amorphous",
        "axilla_share": "{percent} over the pectoral muscle in an oblique view",
    }
)


def judge(table: Mapping[Morphology, Row], values: Mapping[str, float]) -> MorphologyCall:
    """
    Score measured numbers against a table.

    Every test passes softly; a row's score is the product of its tests, and
    the scores, with the weight of ``not_assessable``, are divided by their sum.

    Parameters
    ----------
    table : mapping of Morphology to tuple of Criterion or Unless
        That of `particle_table`, or `CLUSTERS`.
    values : mapping of str to float
        Every quantity of the table.

    Returns
    -------
    MorphologyCall
        The likeliest kind, with its row in words as the reason.
    """
    scores = {kind: _score(tests, values) for kind, tests in table.items()}
    scores[Morphology.NOT_ASSESSABLE] = UNLIKELY
    total = sum(scores.values())
    ranked = sorted(scores, key=lambda kind: (-scores[kind], kind is Morphology.NOT_ASSESSABLE))
    best = ranked[0]
    shares = {kind: scores[kind] / total for kind in ranked if scores[kind] / total >= _LISTED}
    whole = sum(shares.values())
    if best is Morphology.NOT_ASSESSABLE:
        named, intro = ranked[1], f"fits no kind; nearest is {wording(ranked[1])}: "
    else:
        named, intro = best, ""
    words = "; ".join(_said(test, values) for test in table[named])
    return MorphologyCall(
        label=best,
        probabilities=MappingProxyType({kind: share / whole for kind, share in shares.items()}),
        reasons=(f"{intro}{words}",),
        evidence=MappingProxyType(dict(values)),
    )


def _score(tests: Row, values: Mapping[str, float]) -> float:
    """Multiply how well the tests of a row are passed; what is as good as 0 is 0."""
    score = 1.0
    for test in tests:
        score *= test.passed(values)
        if score < _NOTHING:
            return 0.0
    return score


def not_assessable(reason: str, evidence: Mapping[str, float]) -> MorphologyCall:
    """Give the call that names no kind, and why."""
    return MorphologyCall(
        label=Morphology.NOT_ASSESSABLE,
        probabilities=MappingProxyType({Morphology.NOT_ASSESSABLE: 1.0}),
        reasons=(reason,),
        evidence=MappingProxyType(dict(evidence)),
    )


def wording(kind: Morphology) -> str:
    """
    Give a kind in plain words.

    Examples
    --------
    >>> wording(Morphology.FINE_PLEOMORPHIC)
    'fine pleomorphic'
    """
    return kind.value.replace("_", " ")


def _said(test: Criterion | Unless, values: Mapping[str, float]) -> str:
    """Put one test into words: what was measured, and the limit."""
    if isinstance(test, Unless):
        return test.name
    value, limit = values[test.quantity], test.limit
    if test.quantity == "near_skin":
        return "near the skin" if value else "not near the skin"
    side = "at least" if test.is_lower else "at most"
    shown = say_percent(limit) if "percent" in _WORDS[test.quantity] else f"{limit:g}"
    written = _WORDS[test.quantity].format(
        value=value, percent=say_percent(value), mm=say_mm(value), fine_mm=say_mm(value, decimals=2)
    )
    return f"{written} ({side} {shown})"

"""The decision table: one row for each kind, one test for each of its limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mammocalc.model import MorphologyCall
from mammocalc.vocabulary.lexicon import Morphology

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.stages.morphology.settings import MorphologySettings

_HALF: Final = 0.5
_LISTED: Final = 5e-5
_NOTHING: Final = 1e-6
_FAR: Final = 60.0
"""So many steps of softness on the wrong side of a limit are as good as any more, and no overflow."""


@dataclass(frozen=True, slots=True)
class Test:
    """A measured quantity, the setting that holds its limit (or the limit), and on which side of it to be."""

    quantity: str
    limit: str | float
    is_lower: bool

    def limit_in(self, settings: MorphologySettings) -> float:
        """Look the limit up."""
        limit: float = getattr(settings, self.limit) if isinstance(self.limit, str) else self.limit
        return limit

    def passed(self, values: Mapping[str, float], settings: MorphologySettings) -> float:
        """Give how well the quantity passes: 0.5 at the limit, 1 far on the right side of it."""
        limit = self.limit_in(settings)
        beyond = (values[self.quantity] - limit) / (settings.softness * limit)
        return 1 / (1 + math.exp(min(-beyond if self.is_lower else beyond, _FAR)))


@dataclass(frozen=True, slots=True)
class Unless:
    """Tests that must not all be passed: what they describe has a row of its own, and what fails one has none else."""

    name: str
    tests: tuple[Test, ...]

    def passed(self, values: Mapping[str, float], settings: MorphologySettings) -> float:
        """Give how well one of the tests at least is failed."""
        return 1 - math.prod(test.passed(values, settings) for test in self.tests)


Row = tuple["Test | Unless", ...]
"""All that a kind asks for."""


def at_least(quantity: str, limit: str | float) -> Test:
    """Ask for a quantity of at least a limit."""
    return Test(quantity, limit, is_lower=True)


def at_most(quantity: str, limit: str | float) -> Test:
    """Ask for a quantity of at most a limit."""
    return Test(quantity, limit, is_lower=False)


_HOLLOW = (at_least("lucency", "rim_min_lucency"), at_least("rim_share", "rim_min_share"))
_SHELL = (
    *_HOLLOW,
    at_least("length_mm", "rim_min_length_mm"),
    at_most("wall_mm", "rim_max_wall_mm"),
    at_least("solidity", "rim_min_solidity"),
)
_SKIN = (*_HOLLOW, at_least("near_skin", _HALF), at_most("length_mm", "skin_max_length_mm"))
_LOBED = (
    at_least("length_mm", "popcorn_min_length_mm"),
    at_least("lobulation", "popcorn_min_lobulation"),
    at_most("lucency", "popcorn_max_lucency"),
)
_NO_SHELL = Unless("no shell", _SHELL)
_ROUND = (
    at_most("out_of_round", "round_max_out_of_round"),
    at_most("haze_mm", "amorphous_min_haze_mm"),
    _NO_SHELL,
)
_IRREGULAR = (
    at_least("out_of_round", "round_max_out_of_round"),
    at_most("haze_mm", "amorphous_min_haze_mm"),
    _NO_SHELL,
)
_FINE = (at_most("diameter_mm", "fine_max_mm"),)
_COARSE = (at_least("diameter_mm", "fine_max_mm"), at_most("width_mm", "coarse_max_mm"))

PARTICLES: Final[Mapping[Morphology, Row]] = MappingProxyType(
    {
        Morphology.SKIN: _SKIN,
        Morphology.RIM: (*_SHELL, Unless("not of the skin", _SKIN), at_least("wall_share", "eggshell_max_wall_share")),
        Morphology.EGGSHELL: (
            *_SHELL,
            Unless("not of the skin", _SKIN),
            at_most("wall_share", "eggshell_max_wall_share"),
        ),
        Morphology.POPCORN: (
            *_LOBED,
            at_least("width_mm", "dystrophic_min_width_mm"),
            at_most("elongation", "popcorn_max_elongation"),
        ),
        Morphology.ROD: (
            at_least("width_mm", "rod_min_width_mm"),
            at_least("length_mm", "rod_min_length_mm"),
            at_least("elongation", "rod_min_elongation"),
            at_most("curl", "linear_max_curl"),
        ),
        Morphology.DYSTROPHIC: (
            at_least("width_mm", "dystrophic_min_width_mm"),
            at_most("elongation", "popcorn_max_elongation"),
            Unless("not lobed", _LOBED),
            _NO_SHELL,
        ),
        Morphology.SUTURE: (
            at_least("path_mm", "suture_min_path_mm"),
            at_most("ribbon_mm", "suture_max_ribbon_mm"),
            at_most("solidity", "suture_max_solidity"),
        ),
        Morphology.FINE_LINEAR: (
            at_most("width_mm", "fine_max_mm"),
            at_least("elongation", "fine_linear_min_elongation"),
            at_most("curl", "linear_max_curl"),
            at_most("haze_mm", "amorphous_min_haze_mm"),
        ),
        Morphology.ROUND: (*_ROUND, *_COARSE),
        Morphology.PUNCTATE: (*_ROUND, *_FINE),
        Morphology.COARSE_HETEROGENEOUS: (*_IRREGULAR, *_COARSE, at_most("elongation", "rod_min_elongation")),
        Morphology.FINE_PLEOMORPHIC: (*_IRREGULAR, *_FINE, at_most("elongation", "fine_linear_min_elongation")),
        Morphology.AMORPHOUS: (
            at_least("haze_mm", "amorphous_min_haze_mm"),
            at_most("contrast_to_noise", "amorphous_max_contrast"),
            at_most("width_mm", "coarse_max_mm"),
            at_most("elongation", "fine_linear_min_elongation"),
        ),
    }
)
"""A single particle. Vascular is no row: the chain that a particle lies on says so, and its flag."""

CLUSTERS: Final[Mapping[Morphology, Row]] = MappingProxyType(
    {
        Morphology.FINE_LINEAR: (
            at_least("linear_share", "group_min_linear"),
            at_least("linear_count", "group_min_linear_count"),
        ),
        Morphology.COARSE_HETEROGENEOUS: (
            at_least("coarse_share", "group_half"),
            at_most("round_share", "group_half"),
            at_most("hazy_share", "group_half"),
            at_most("linear_share", "group_min_linear"),
        ),
        Morphology.FINE_PLEOMORPHIC: (
            at_most("coarse_share", "group_half"),
            at_most("round_share", "group_half"),
            at_most("hazy_share", "group_half"),
            at_most("linear_share", "group_min_linear"),
        ),
        Morphology.ROUND: (
            at_least("coarse_share", "group_half"),
            at_least("round_share", "group_half"),
            at_most("linear_share", "group_min_linear"),
        ),
        Morphology.PUNCTATE: (
            at_most("coarse_share", "group_half"),
            at_least("round_share", "group_half"),
            at_most("linear_share", "group_min_linear"),
        ),
        Morphology.AMORPHOUS: (at_least("hazy_share", "group_half"),),
        Morphology.POWDER: (at_least("axilla_share", "powder_min_share"), at_least("count", "powder_min_count")),
    }
)
"""A cluster, by the shares of its members with an assessable shape."""

_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "length_mm": "{value:.1f} mm long",
        "width_mm": "{value:.2f} mm wide",
        "diameter_mm": "{value:.2f} mm in diameter",
        "elongation": "{value:.1f} times as long as wide",
        "solidity": "fills {value:.0%} of its hull",
        "lobulation": "lobulation {value:.2f}",
        "out_of_round": "{value:.0%} of its area off a disc",
        "curl": "half of its perimeter {value:.2f} times its length",
        "path_mm": "{value:.1f} mm along its bends",
        "ribbon_mm": "{value:.2f} mm thick",
        "lucency": "middle {value:.0%} below the rim",
        "rim_share": "rim in {value:.0%} of the directions",
        "wall_mm": "wall {value:.2f} mm",
        "wall_share": "wall {value:.0%} of the width",
        "haze_mm": "edge {value:.2f} mm wide",
        "contrast_to_noise": "contrast to noise {value:.0f}",
        "near_skin": "near the skin",
        "linear_share": "{value:.0%} of the assessable members linear",
        "count": "{value:.0f} members",
        "linear_count": "{value:.1f} in number",
        "coarse_share": "{value:.0%} of all members not fine",
        "round_share": "{value:.0%} round",
        "hazy_share": "{value:.0%} hazy",
        "axilla_share": "{value:.0%} over the pectoral muscle in an oblique view",
    }
)


def judge(table: Mapping[Morphology, Row], values: Mapping[str, float], settings: MorphologySettings) -> MorphologyCall:
    """
    Hold measured numbers against a table.

    Every test passes softly; a row's score is the product of its tests, and
    the scores, with the weight of ``not_assessable``, are divided by their sum.

    Parameters
    ----------
    table : mapping of Morphology to tuple of Test or Unless
        `PARTICLES` or `CLUSTERS`.
    values : mapping of str to float
        Every quantity of the table.
    settings : MorphologySettings
        Limits and softness.

    Returns
    -------
    MorphologyCall
        The likeliest kind, with its row in words as the reason.
    """
    scores = {kind: _score(tests, values, settings) for kind, tests in table.items()}
    scores[Morphology.NOT_ASSESSABLE] = settings.unlikely
    total = sum(scores.values())
    ranked = sorted(scores, key=lambda kind: (-scores[kind], kind is Morphology.NOT_ASSESSABLE))
    best = ranked[0]
    shares = {kind: scores[kind] / total for kind in ranked if scores[kind] / total >= _LISTED}
    whole = sum(shares.values())
    if best is Morphology.NOT_ASSESSABLE:
        named, intro = ranked[1], f"fits no kind; nearest is {wording(ranked[1])}: "
    else:
        named, intro = best, ""
    words = "; ".join(_said(test, values, settings) for test in table[named])
    return MorphologyCall(
        label=best,
        probabilities=MappingProxyType({kind: share / whole for kind, share in shares.items()}),
        reasons=(f"{intro}{words}",),
        evidence=MappingProxyType(dict(values)),
    )


def _score(tests: Row, values: Mapping[str, float], settings: MorphologySettings) -> float:
    """Multiply how well the tests of a row are passed; what is as good as 0 is 0."""
    score = 1.0
    for test in tests:
        score *= test.passed(values, settings)
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


def _said(test: Test | Unless, values: Mapping[str, float], settings: MorphologySettings) -> str:
    """Put one test into words: what was measured, and the limit."""
    if isinstance(test, Unless):
        return test.name
    value, limit = values[test.quantity], test.limit_in(settings)
    if test.quantity == "near_skin":
        return "near the skin" if value else "not near the skin"
    side = "at least" if test.is_lower else "at most"
    shown = f"{limit:.0%}" if "%" in _WORDS[test.quantity] else f"{limit:g}"
    return f"{_WORDS[test.quantity].format(value=value)} ({side} {shown})"

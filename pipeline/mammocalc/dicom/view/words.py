"""Views as people and devices write them: ``LMLO-ID``, ``CCSpot``, ``R-MLO``, ``left cranio-caudal``."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from mammocalc.vocabulary.lexicon import Laterality, View, ViewModifier


@dataclass(frozen=True, slots=True)
class WrittenView:
    """
    Side and view as a text names them.

    Attributes
    ----------
    sides : tuple of Laterality
        In the order of the text; two that differ contradict each other.
    view : View or None
    modifiers : tuple of ViewModifier
    is_open : bool
        The view is the usual one of several that the text may mean: *XCC*
        without a direction, *AT* and *CV* without the view that they modify.
    """

    sides: tuple[Laterality, ...] = ()
    view: View | None = None
    modifiers: tuple[ViewModifier, ...] = ()
    is_open: bool = False


_LONG: Final = (
    (
        r"(?:CRANIO ?CAUDAL|CC) ?EXAGG?ERATED ?LATERAL(?:LY)?|EXAGG?ERATED ?(?:CRANIO ?CAUDAL|CC) ?LATERAL(?:LY)?",
        "xccl",
    ),
    (r"(?:CRANIO ?CAUDAL|CC) ?EXAGG?ERATED ?MEDIAL(?:LY)?|EXAGG?ERATED ?(?:CRANIO ?CAUDAL|CC) ?MEDIAL(?:LY)?", "xccm"),
    (r"EXAGG?ERATED ?(?:CRANIO ?CAUDAL|CC)", "xcc"),
    (r"[CK]RANIO ?[CK]AUDALE?", "cc"),
    (r"MEDIO ?LATERALE? ?OBLIQUE?", "mlo"),
    (r"LATERO ?MEDIALE? ?OBLIQUE?", "lmo"),
    (r"MEDIO ?LATERALE?", "ml"),
    (r"LATERO ?MEDIALE?", "lm"),
    (r"CAUDO ?CRANIALE?(?: ?FROM BELOW)?|FROM BELOW", "fb"),
    (r"IMPLANTS? ?DISPLACE(?:D|MENT)|PUSH ?BACK|EKLUND", "id"),
    (r"SPOT(?: ?COMPRESSION)?|CONED?(?: ?DOWN)?(?![A-Z])", "spot"),
    (r"MAGNIFI(?:CATION|ED)|MAGNIF|MAGN|MAG", "mag"),
    (r"AXILLARY ?TAIL", "at"),
    (r"AXILLARY ?TISSUE", "ax"),
    (r"CLEAVAGE", "cv"),
    (r"ROLL(?:ED)? ?LAT(?:ERAL(?:LY)?)?", "rl"),
    (r"ROLL(?:ED)? ?MED(?:IAL(?:LY)?)?", "rm"),
    (r"ROLL(?:ED)? ?INF(?:ERIOR(?:LY)?)?", "ri"),
    (r"ROLL(?:ED)? ?SUP(?:ERIOR(?:LY)?)?", "rs"),
    (r"TANGENTIAL|TANG", "tan"),
    (r"NIPPLE ?IN ?PROFILE", "np"),
    (r"INFRA ?MAMMARY ?FOLD", "imf"),
    (r"LEFT|LINKS|GAUCHE|IZQUIERD[AO]|ESQUERD[AO]|SINISTR[AO]|\bLT(?=\b|CC|ML|LM|XCC)|\bSX\b", "left"),
    (r"RIGHT|RECHTS|DROITE?|DERECH[AO]|DIREIT[AO]|DESTR[AO]|\bRT(?=\b|CC|ML|LM|XCC)|\bDX\b", "right"),
)
"""Long forms, also without spaces, and the short lower-case tokens that stand for them from then on."""
_LONG_FORMS: Final = tuple((re.compile(pattern), token) for pattern, token in _LONG)

_VIEWS: Final = {
    "xccl": View.XCCL, "xccm": View.XCCM, "xcc": View.XCCL, "mlo": View.MLO, "lmo": View.LMO, "sio": View.SIO,
    "iso": View.ISO, "specimen": View.SPECIMEN, "cc": View.CC, "ml": View.ML, "lm": View.LM, "fb": View.FB,
    "at": View.MLO, "cv": View.CC,
}  # fmt: skip
"""Axillary tail and cleavage replace the view that they modify (CID 4015, ACR 1999): MLO and CC."""
_OPEN_VIEWS: Final = frozenset({"xcc", "at", "cv"})
_MODIFIERS: Final = {item.value.lower(): item for item in ViewModifier} | {
    "mag": ViewModifier.MAGNIFICATION,
    "spot": ViewModifier.SPOT,
}
_SIDES: Final = {"l": Laterality.LEFT, "left": Laterality.LEFT, "r": Laterality.RIGHT, "right": Laterality.RIGHT}

_SIDE: Final = r"(?:left|right|L|R)"
_BEFORE: Final = r"(?:spot|mag|id|tan|rl|rm|ri|rs|np|imf|SPOT|ID|TAN|M|S)"
_AFTER: Final = r"(?:spot|mag|id|tan|rl|rm|ri|rs|np|imf|ax|at|cv|ID|TAN|IMF|RL|RM|RI|RS|NP|AX|AT|CV|M|S)"
_VIEW: Final = (
    r"(?:xccl|xccm|xcc|mlo|lmo|cc|ml|lm|fb|XCC ?L|XCC ?M|XCC|MLO|LMO|SIO|ISO|SPECIMEN|CC|ML|LM|FB|at|cv|AT|CV)"
)
_WRITTEN: Final = re.compile(
    rf"(?P<first>{_SIDE})? ?(?P<before>(?:{_BEFORE} ?)*)(?P<view>{_VIEW})"
    rf"(?P<after>(?: ?{_AFTER})*)(?: ?(?P<last>{_SIDE}))?(?P<behind>(?: ?{_AFTER})*)"
)
_KNOWN_WORD: Final = re.compile(rf"(?:{_SIDE}|{_BEFORE}|{_AFTER}|{_VIEW})+")
_WITHOUT_VIEW: Final = re.compile(r"(?:(?:left|right|spot|mag|id|tan|TAN|rl|rm|ri|rs|np|imf|IMF) ?)+")
_TOKEN: Final = re.compile(rf"{_SIDE}|{_AFTER}|{_BEFORE}")
_LATERAL: Final = frozenset({"LAT"})
"""Words that look like side and modifier, and are neither: a lateral view says no direction."""


def read_view(text: str) -> WrittenView:
    """
    Read side, view and modifiers from a text.

    Parameters
    ----------
    text : str
        Such as View Position: abbreviations of CID 4014 and 4015 in any order
        that is in use, with or without separators, or their long forms.

    Returns
    -------
    WrittenView
        Without a view where the text names none or several.

    Examples
    --------
    >>> written = read_view("LMLO-ID")
    >>> written.view, written.sides, written.modifiers
    (<View.MLO: 'MLO'>, (<Laterality.LEFT: 'L'>,), (<ViewModifier.IMPLANT_DISPLACED: 'ID'>,))
    """
    words = [word for word in _shortened(text).split() if word not in _LATERAL]
    known = [word for word in words if _KNOWN_WORD.fullmatch(word)]
    for candidate in (" ".join(known), "".join(words)):
        written = _WRITTEN.fullmatch(candidate)
        if written is not None:
            return _as_written(written)
    rest = _WITHOUT_VIEW.fullmatch(" ".join(known))
    if rest is None:
        return WrittenView()
    tokens = [token.lower() for token in _TOKEN.findall(rest.group())]
    return WrittenView(
        tuple(_SIDES[token] for token in tokens if token in _SIDES),
        None,
        tuple(dict.fromkeys(_MODIFIERS[token] for token in tokens if token in _MODIFIERS)),
    )


def _as_written(written: re.Match[str]) -> WrittenView:
    sides = tuple(_SIDES[side.lower()] for side in (written["first"], written["last"]) if side)
    name = written["view"].replace(" ", "").lower()
    tokens = re.findall(_BEFORE, written["before"]) + re.findall(_AFTER, written["after"] + written["behind"])
    tokens += [name] if name in _MODIFIERS else []
    modifiers = tuple(dict.fromkeys(_MODIFIERS[token.lower()] for token in tokens))
    return WrittenView(tuple(dict.fromkeys(sides)), _VIEWS[name], modifiers, name in _OPEN_VIEWS)


def _shortened(text: str) -> str:
    """Fold a text to capitals, digits and single spaces, its long forms to lower-case tokens."""
    decomposed = unicodedata.normalize("NFKD", text.upper())
    plain = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    plain = " ".join(re.sub(r"(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Z])", " ", plain).split())
    for pattern, token in _LONG_FORMS:
        plain = pattern.sub(f" {token} ", plain)
    return plain

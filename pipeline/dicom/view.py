"""Which breast, and which view of it: from every place in a header that may say so."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pipeline.lexicon import Flag, Laterality, View, ViewModifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.dicom.header import Header

VIEW_CODES: Final[Mapping[str, View]] = MappingProxyType(
    {
        "399162004": View.CC,
        "R-10242": View.CC,
        "399368009": View.MLO,
        "R-10226": View.MLO,
        "399260004": View.ML,
        "R-10224": View.ML,
        "399352003": View.LM,
        "R-10228": View.LM,
        "399099002": View.LMO,
        "R-10230": View.LMO,
        "399196006": View.FB,
        "R-10244": View.FB,
        "399188001": View.SIO,
        "R-102D0": View.SIO,
        "441555000": View.ISO,
        "R-40AAA": View.ISO,
        "399192008": View.XCCL,
        "R-1024A": View.XCCL,
        "Y-X1770": View.XCCL,
        "399101009": View.XCCM,
        "R-1024B": View.XCCM,
        "Y-X1771": View.XCCM,
        "127457009": View.SPECIMEN,
        "G-8310": View.SPECIMEN,
    }
)
"""CID 4014 in SNOMED CT, in the old SNOMED RT codes (SRT, SNM3, 99SDM), and codes of early devices."""

MODIFIER_CODES: Final[Mapping[str, ViewModifier]] = MappingProxyType(
    {
        "399161006": ViewModifier.CLEAVAGE,
        "R-102D2": ViewModifier.CLEAVAGE,
        "399011000": ViewModifier.AXILLARY_TAIL,
        "R-102D1": ViewModifier.AXILLARY_TAIL,
        "399197002": ViewModifier.ROLLED_LATERAL,
        "R-102D3": ViewModifier.ROLLED_LATERAL,
        "399226006": ViewModifier.ROLLED_MEDIAL,
        "R-102D4": ViewModifier.ROLLED_MEDIAL,
        "414493004": ViewModifier.ROLLED_INFERIOR,
        "R-102CA": ViewModifier.ROLLED_INFERIOR,
        "415670009": ViewModifier.ROLLED_SUPERIOR,
        "R-102C9": ViewModifier.ROLLED_SUPERIOR,
        "399209000": ViewModifier.IMPLANT_DISPLACED,
        "R-102D5": ViewModifier.IMPLANT_DISPLACED,
        "399163009": ViewModifier.MAGNIFICATION,
        "R-102D6": ViewModifier.MAGNIFICATION,
        "399055006": ViewModifier.SPOT,
        "R-102D7": ViewModifier.SPOT,
        "399110001": ViewModifier.TANGENTIAL,
        "R-102C2": ViewModifier.TANGENTIAL,
        "442581004": ViewModifier.NIPPLE_IN_PROFILE,
        "R-40AB3": ViewModifier.NIPPLE_IN_PROFILE,
        "442593008": ViewModifier.INFRAMAMMARY_FOLD,
        "R-40ABE": ViewModifier.INFRAMAMMARY_FOLD,
        "442580003": ViewModifier.AXILLARY_TISSUE,
        "R-40AB2": ViewModifier.AXILLARY_TISSUE,
    }
)
"""CID 4015 in SNOMED CT and SNOMED RT; *Anterior compression* has no abbreviation of its own and is left out."""

SIDE_CODES: Final[Mapping[str, Laterality]] = MappingProxyType(
    {
        "80248007": Laterality.LEFT,
        "T-04030": Laterality.LEFT,
        "73056007": Laterality.RIGHT,
        "T-04020": Laterality.RIGHT,
        "63762007": Laterality.BOTH,
        "T-04080": Laterality.BOTH,
        "7771000": Laterality.LEFT,
        "G-A101": Laterality.LEFT,
        "24028007": Laterality.RIGHT,
        "G-A100": Laterality.RIGHT,
        "51440002": Laterality.BOTH,
        "G-A102": Laterality.BOTH,
    }
)
"""Left, right and both breasts (CID 6022), and the modifiers left, right and both (CID 244)."""

SIDE_LETTERS: Final = ("ImageLaterality", "FrameLaterality", "Laterality")
"""Attributes with a letter, the one that speaks of this image first."""
VIEW_ABBREVIATIONS: Final = tuple(sorted((view for view in View if view != View.UNKNOWN), key=len, reverse=True))
MODIFIER_ABBREVIATIONS: Final[Mapping[str, ViewModifier]] = MappingProxyType(
    {item.value: item for item in ViewModifier}
)


@dataclass(frozen=True, slots=True)
class ViewCall:
    """Side and view of an image, with what is doubtful or particular about them."""

    laterality: Laterality
    view: View
    modifiers: tuple[ViewModifier, ...]
    flags: frozenset[Flag]


def decide_view(header: Header) -> ViewCall:
    """
    Decide which breast an image shows, and in which view.

    Every place is looked at. The first in the order of the tables above
    decides, and one that disagrees is flagged. Codes decide before the
    letters of View Position, which older devices fill in as they like.

    Parameters
    ----------
    header : Header
        Of the image, functional groups included.

    Returns
    -------
    ViewCall
        ``unknown`` with a flag where no attribute says anything.

    References
    ----------
    DICOM PS3.3 C.8.11.7 (Mammography Image Module); PS3.16 CID 4014, 4015, 6022.
    """
    flags: set[Flag] = set()
    written_side, written_view, written_modifiers = _split_view_position(header.text("ViewPosition").upper())
    sides = [side for side in (*_sides(header), written_side) if side is not None]
    if len(set(sides)) > 1:
        flags.add(Flag.CONTRADICTORY_LATERALITY)
    if not sides:
        flags.add(Flag.UNKNOWN_LATERALITY)
    codes = header.items("ViewCodeSequence")
    views = [view for code in codes if (view := VIEW_CODES.get(code.text("CodeValue").upper())) is not None]
    views += [] if written_view is None else [written_view]
    if len(set(views)) > 1:
        flags.add(Flag.CONTRADICTORY_VIEW)
    if not views:
        flags.add(Flag.UNKNOWN_VIEW)
    modifiers = (*_coded_modifiers(header, codes), *written_modifiers)
    flags |= {_MODIFIER_FLAGS[modifier] for modifier in modifiers if modifier in _MODIFIER_FLAGS}
    return ViewCall(
        laterality=sides[0] if sides else Laterality.UNKNOWN,
        view=views[0] if views else View.UNKNOWN,
        modifiers=tuple(dict.fromkeys(modifiers)),
        flags=frozenset(flags),
    )


_MODIFIER_FLAGS: Final = {
    ViewModifier.SPOT: Flag.SPOT_VIEW,
    ViewModifier.MAGNIFICATION: Flag.MAGNIFICATION_VIEW,
    ViewModifier.IMPLANT_DISPLACED: Flag.IMPLANT,
}


def _sides(header: Header) -> Iterable[Laterality | None]:
    """Yield what each place says of the side, in the order of their rank."""
    letters = {item.value: item for item in Laterality if item != Laterality.UNKNOWN}
    for keyword in SIDE_LETTERS:
        yield letters.get(header.text(keyword).upper())
    for region in header.items("AnatomicRegionSequence"):
        yield SIDE_CODES.get(region.text("CodeValue").upper())
        for modifier in region.items("AnatomicRegionModifierSequence"):
            yield SIDE_CODES.get(modifier.text("CodeValue").upper())


def _coded_modifiers(header: Header, codes: tuple[Header, ...]) -> list[ViewModifier]:
    """Give the coded modifiers, which belong inside the view's code and are sometimes found beside it."""
    items = [item for code in codes for item in code.items("ViewModifierCodeSequence")]
    items += header.items("ViewModifierCodeSequence")
    found = (MODIFIER_CODES.get(item.text("CodeValue").upper()) for item in items)
    return [modifier for modifier in found if modifier is not None]


def _split_view_position(text: str) -> tuple[Laterality | None, View | None, tuple[ViewModifier, ...]]:
    """Split what View Position holds: a view, a modifier appended to it (``CCID``), a side before it (``R-MLO``)."""
    compact = "".join(character for character in text if character.isalnum())
    for side, letter in ((None, ""), (Laterality.LEFT, "L"), (Laterality.RIGHT, "R")):
        rest = compact.removeprefix(letter)
        if letter and rest == compact:
            continue
        for view in VIEW_ABBREVIATIONS:
            if rest == view.value:
                return side, view, ()
            suffix = rest.removeprefix(view.value)
            if suffix != rest and suffix in MODIFIER_ABBREVIATIONS:
                return side, view, (MODIFIER_ABBREVIATIONS[suffix],)
    return None, None, ()

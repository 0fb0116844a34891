"""Side and view, from every attribute of a header that may name them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.reader.free_text import find, words_of
from mammocalc.dicom.reader.header import label
from mammocalc.dicom.reader.vocabulary import BIOPSY_PADDLE, MAGNIFICATION_PADDLE, SPOT_PADDLE
from mammocalc.dicom.view.codes import MODIFIER_CODES, SIDE_CODES, VIEW_CODES
from mammocalc.dicom.view.orientation import REVERSED_OBLIQUE, Oriented, read_orientation
from mammocalc.dicom.view.words import WrittenView, read_view
from mammocalc.vocabulary.lexicon import FROM_ABOVE, Flag, Laterality, View, ViewModifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mammocalc.dicom.reader.header import Header

SIDE_LETTERS: Final = ("ImageLaterality", "FrameLaterality", "Laterality")
"""Attributes with a letter, the one that speaks of this image first."""
DESCRIPTIONS: Final = ("SeriesDescription", "ProtocolName", "AcquisitionProtocolName")
"""Free text that often names the view, and is heard where nothing else does."""
END_OF_IDENTIFIER: Final = re.compile(r"(?:^|[^A-Z])(LEFT|RIGHT)[ _-](CC|MLO)(?:[ _-][0-9]{1,2})?$")
"""How collections for research tell the views of a patient apart: ``..._LEFT_CC``."""
FOR_PROCESSING: Final = "FOR PROCESSING"


@dataclass(frozen=True, slots=True)
class ViewCall:
    """
    Side and view of an image, with what is doubtful or particular about them, and the sentences that say why.

    ``is_stated`` says that an attribute of the image names the view, and that
    it was not gathered from directions, descriptions or an identifier.
    """

    laterality: Laterality
    view: View
    modifiers: tuple[ViewModifier, ...]
    flags: frozenset[Flag]
    notes: tuple[str, ...] = ()
    is_biopsy_paddle: bool = False
    is_stated: bool = False


def decide_view(header: Header) -> ViewCall:
    """
    Decide side and view of an image.

    Every place is looked at. The first in the order of the tables decides,
    and one that disagrees is flagged. Codes decide before View Position, which
    devices fill in as they like; Patient Orientation and the paddle are
    further witnesses. What stands in no attribute of its own is read from
    orientation, descriptions and the end of Patient ID, and flagged.

    Parameters
    ----------
    header : Header
        Of the image, functional groups included.

    Returns
    -------
    ViewCall
        ``unknown`` with a flag where nothing says anything.

    References
    ----------
    DICOM PS3.3 C.8.11.7 (Mammography Image Module) and C.7.6.1.1.1 (Patient
    Orientation); PS3.16 CID 4014, 4015, 6022.
    """
    flags: set[Flag] = set()
    notes: list[str] = []
    codes = header.items("ViewCodeSequence")
    written = (*_meanings(codes), read_view(" ".join(header.texts("ViewPosition"))))
    oriented = read_orientation(header.texts("PatientOrientation"))
    sides = [*_sides(header), *(side for text in written for side in text.sides)]
    coded = [view for code in codes if (view := VIEW_CODES.get(code.text("CodeValue").upper())) is not None]
    exact = coded + [text.view for text in written if text.view is not None and not text.is_open]
    views = exact + [text.view for text in written if text.view is not None and text.is_open]
    if len(set(sides)) > 1:
        flags.add(Flag.CONTRADICTORY_LATERALITY)
    if len(set(exact)) > 1:
        flags.add(Flag.CONTRADICTORY_VIEW)
    abused = read_view(" ".join(header.texts("PatientOrientation")))
    is_stated = bool(views) or abused.view is not None
    if views and not exact:
        flags.add(Flag.VIEW_INFERRED)
        notes.append(f"{label('ViewPosition')} names no view of its own; the usual one was taken.")
    if not sides or not views:
        inferred = tuple(_inferred(header, abused, oriented))
        for is_missing, found, name in ((not sides, sides, "side"), (not views, views, "view")):
            source = next((place for place in inferred if getattr(place[1], name) is not None), None)
            if is_missing and source is not None:
                found.append(getattr(source[1], name))
                flags.add(Flag.VIEW_INFERRED)
                notes.append(f"The {name} was read from {source[0]}.")
    side = sides[0] if sides else Laterality.UNKNOWN
    view = views[0] if views else View.UNKNOWN
    for flag, doubt in _against_orientation(header, oriented, side, view):
        flags.add(flag)
        notes.append(doubt)
    paddle, paddle_modifiers, is_biopsy_paddle = _paddle(header)
    notes += paddle
    modifiers = (
        *_coded_modifiers(header, codes),
        *(item for text in written for item in text.modifiers),
        *paddle_modifiers,
    )
    flags |= {_MODIFIER_FLAGS[modifier] for modifier in modifiers if modifier in _MODIFIER_FLAGS}
    flags |= {Flag.UNKNOWN_LATERALITY} if side is Laterality.UNKNOWN else set()
    flags |= {Flag.UNKNOWN_VIEW} if view is View.UNKNOWN else set()
    return ViewCall(
        laterality=side,
        view=view,
        modifiers=tuple(dict.fromkeys(modifiers)),
        flags=frozenset(flags),
        notes=tuple(notes),
        is_biopsy_paddle=is_biopsy_paddle,
        is_stated=is_stated,
    )


_MODIFIER_FLAGS: Final = {
    ViewModifier.SPOT: Flag.SPOT_VIEW,
    ViewModifier.MAGNIFICATION: Flag.MAGNIFICATION_VIEW,
    ViewModifier.IMPLANT_DISPLACED: Flag.IMPLANT,
}


@dataclass(frozen=True, slots=True)
class _Guess:
    """Side and view as a place says them that is not made for it."""

    side: Laterality | None
    view: View | None


def _sides(header: Header) -> Iterator[Laterality]:
    """Yield what each place says of the side, in the order of their rank."""
    letters: dict[str, Laterality] = {item.value: item for item in Laterality if item != Laterality.UNKNOWN}
    letters |= {"LEFT": Laterality.LEFT, "RIGHT": Laterality.RIGHT}
    found = [letters.get(header.text(keyword).upper()) for keyword in SIDE_LETTERS]
    for region in header.items("AnatomicRegionSequence"):
        found.append(SIDE_CODES.get(region.text("CodeValue").upper()))
        found += [
            SIDE_CODES.get(item.text("CodeValue").upper()) for item in region.items("AnatomicRegionModifierSequence")
        ]
    yield from (side for side in found if side is not None)


def _meanings(codes: Iterable[Header]) -> tuple[WrittenView, ...]:
    """Read the meanings of codes that no table knows: vendors' own ones."""
    unknown = (code for code in codes if code.text("CodeValue").upper() not in VIEW_CODES)
    return tuple(read_view(code.text("CodeMeaning")) for code in unknown)


def _inferred(header: Header, abused: WrittenView, oriented: Oriented) -> Iterator[tuple[str, _Guess]]:
    """Yield what places say that are not made for side and view, and their names."""
    if abused.view is not None:
        yield label("PatientOrientation"), _guess(abused)
    if oriented.is_upright:
        yield label("PatientOrientation"), _Guess(oriented.side, oriented.view)
    for keyword in DESCRIPTIONS:
        described = read_view(header.text(keyword))
        if described.view not in {None, View.SPECIMEN}:  # the word alone may be said of something beside
            yield label(keyword), _guess(described)
    end = END_OF_IDENTIFIER.search(header.text("PatientID").upper())
    if end is not None:
        yield f"the end of {label('PatientID')}", _guess(read_view(f"{end[1]} {end[2]}"))
    yield label("PatientOrientation"), _Guess(oriented.side, oriented.view)


def _guess(written: WrittenView) -> _Guess:
    return _Guess(written.sides[0] if len(written.sides) == 1 else None, written.view)


def _against_orientation(
    header: Header, oriented: Oriented, side: Laterality, view: View
) -> Iterator[tuple[Flag, str]]:
    """Yield where Patient Orientation contradicts; an oblique view is often written like one from above."""
    name = label("PatientOrientation")
    if oriented.is_upright and view in FROM_ABOVE:
        yield Flag.CONTRADICTORY_VIEW, f"{name} is not that of a view from above."
        return
    is_turned_at_will = oriented.is_by_custom and header.text("PresentationIntentType").upper() == FOR_PROCESSING
    if oriented.side is None or is_turned_at_will or view in REVERSED_OBLIQUE:
        return
    if side in {Laterality.LEFT, Laterality.RIGHT} and side is not oriented.side:
        yield Flag.CONTRADICTORY_LATERALITY, f"{name} is that of the other breast."


def _paddle(header: Header) -> tuple[list[str], list[ViewModifier], bool]:
    """Read what the compression paddle tells: spot, magnification, biopsy."""
    words = words_of(header.text("PaddleDescription"))
    modifiers: list[ViewModifier] = []
    notes: list[str] = []
    for vocabulary, modifier in (
        (SPOT_PADDLE, ViewModifier.SPOT),
        (MAGNIFICATION_PADDLE, ViewModifier.MAGNIFICATION),
        (BIOPSY_PADDLE, None),
    ):
        match = find(words, vocabulary)
        if match is not None:
            notes.append(f"{label('PaddleDescription')} says {match.phrase}.")
            modifiers += [] if modifier is None else [modifier]
    return notes, modifiers, find(words, BIOPSY_PADDLE) is not None


def _coded_modifiers(header: Header, codes: tuple[Header, ...]) -> list[ViewModifier]:
    """Give the coded modifiers, which belong inside the view's code and are sometimes found beside it."""
    items = [item for code in codes for item in code.items("ViewModifierCodeSequence")]
    items += header.items("ViewModifierCodeSequence")
    found: list[ViewModifier] = []
    for item in items:
        modifier = MODIFIER_CODES.get(item.text("CodeValue").upper())
        found += [modifier] if modifier is not None else read_view(item.text("CodeMeaning")).modifiers
    return found

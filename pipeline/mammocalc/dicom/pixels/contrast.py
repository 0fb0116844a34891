"""Images that were computed from two energies, in which calcifications are subtracted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.dicom.reader.free_text import words_of
from mammocalc.dicom.reader.statements import Heard, Subject, listen
from mammocalc.dicom.reader.verdict import Verdict, weigh
from mammocalc.dicom.reader.vocabulary import CONTRAST, DENIALS, LOW_ENERGY, NO_AGENT, RECOMBINED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.statements import Statement

NEAR: Final = (Subject.IMAGE, Subject.PROCESSING)


def why_recombined(header: Header, statements: Sequence[Statement]) -> Verdict:
    """
    Whether an image was computed from two energies, or holds the high one.

    The low-energy image of a contrast study is an ordinary mammogram. That a
    contrast agent was given is said of the image; together with a word for
    contrast mammography in its series it decides, unless something says low
    energy. *NONE* in Contrast/Bolus Agent is no agent.
    """
    is_original = header.text("ImageType").upper() == "ORIGINAL"  # what was computed is DERIVED (PS3.3 C.7.6.1.1.2)
    of_image = listen(statements, RECOMBINED, *NEAR)
    if of_image:
        is_derived = any(heard.keyword == "DerivationDescription" for heard in of_image)  # whatever Image Type says
        return weigh(of_image, image_speaks=is_original and not is_derived)
    if listen(statements, LOW_ENERGY, *NEAR):
        return Verdict()
    of_others = listen(statements, RECOMBINED, Subject.SERIES, Subject.STUDY)
    if of_others:
        return weigh(of_others, image_speaks=is_original or _says_low(statements))
    if not has_agent(header) or _says_low(statements):
        return Verdict()
    words = listen(statements, CONTRAST, *NEAR, Subject.SERIES, Subject.STUDY)
    return weigh(words, image_speaks=is_original)


def has_agent(header: Header) -> bool:
    """Whether a contrast agent is named; *NONE*, *NO* and *N/A* name none."""
    agents = header.texts("ContrastBolusAgent")
    named = any(not _is_none(words_of(agent)) for agent in agents)
    return named or bool(header.items("ContrastBolusAgentSequence"))


def _is_none(words: tuple[str, ...]) -> bool:
    """Whether the name of an agent is none: *NONE*, *N/A*, *no contrast given*, *not used*."""
    return " ".join(words) in NO_AGENT or words[0] in DENIALS


def _says_low(statements: Sequence[Statement]) -> bool:
    """Whether the series is that of the low energy."""
    low: tuple[Heard, ...] = listen(statements, LOW_ENERGY, Subject.SERIES)
    return any(not heard.is_aside for heard in low)

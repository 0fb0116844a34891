"""Spellings of one name, number or date: encodings, alphabets, orders."""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from anyascii import anyascii

if TYPE_CHECKING:
    from collections.abc import Iterator

ENCODINGS: Final = (
    "utf-8",
    *("cp1252", "latin-1", "cp850", "cp437", "mac_roman"),  # western Europe, on Windows, Unix, DOS and Macintosh
    *("cp1250", "iso8859-2", "cp852", "cp1257", "iso8859-4", "cp1254", "iso8859-9", "cp857"),  # centre, north, Turkey
    *("cp1251", "koi8-r", "cp866", "iso8859-5", "cp1253", "iso8859-7", "cp737"),  # Cyrillic and Greek
    *("cp1255", "iso8859-8", "cp1256", "iso8859-6", "cp874"),  # Hebrew, Arabic, Thai
    *("cp932", "euc_jp", "iso2022_jp_2", "gb18030", "big5", "cp949", "iso2022_kr"),  # Japan, China, Korea
)
"""Those in which DICOM files (PS3.3 C.12.1.1.2) and the names of files in use are written."""
MISTAKEN: Final = ("cp1252", "latin-1", "cp437", "cp850", "cp1251", "cp866", "cp932")
"""As which bytes of another encoding are taken by mistake, before they are written as UTF-8: archives and shares do."""
READ_CHARACTERS: Final = 1024
"""Of longer texts the rest is not read in other encodings: no name, and no name of a file, is so long."""

SHORTEST_SKELETON: Final = 4
_SPELLED_OUT: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d"}
)
_SINGLE: Final = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})
_ALIKE: Final = tuple(
    pair.split(">")
    for pair in (
        *("tsch>ch", "sch>sh", "ae>a", "oe>o", "ue>u", "aa>a", "oy>u", "ou>u", "kh>h", "zh>z", "ph>f", "th>t"),
        *("ck>k", "ks>x", "w>v", "y>i", "j>i"),
    )
)
"""Letters that stand for one another where a name is written in other letters than its own, in this order."""

_ESCAPED_BYTES: Final = re.compile(r"(?:(?:%|=|\\x)[0-9A-Fa-f]{2})+")
_ESCAPED_CHARACTERS: Final = re.compile(r"(?:%u|#U|\\u|\\U|U\+|_x)([0-9A-Fa-f]{4,8})_?")
"""As browsers, mail, unzip, JSON and spreadsheets write what they cannot or may not write."""

MONTHS: Final = MappingProxyType(
    {
        name: number
        for number, names in enumerate(
            (
                "jan january januar janvier enero ene gennaio gen janeiro januari ianuarie styczen yanvar ianvar",
                "feb february februar fevrier fev febrero febbraio fevereiro februari luty fevral",
                "mar march marz maerz mars marzo marco maart mrt marec mart",
                "apr april avril avr abril abr aprile kwiecien aprel",
                "may mai mayo maggio mag maio mei maj",
                "jun june juni juin junio giugno giu junho czerwiec iyun iun",
                "jul july juli juillet juil julio luglio lug julho lipiec iyul iul",
                "aug august aout agosto ago augustus sierpien avgust avg",
                "sep sept september septembre septiembre settembre set setembro wrzesien sentyabr sen",
                "oct october okt oktober octobre octubre ottobre ott outubro out pazdziernik oktyabr",
                "nov november novembre noviembre novembro listopad noyabr",
                "dec december dez dezember decembre diciembre dic dicembre dezembro grudzien dekabr dek",
            ),
            start=1,
        )
        for name in names.split()
    }
)
FILLERS: Final = frozenset({"st", "nd", "rd", "th", "of", "the", "de", "den", "le", "nian", "yue", "ri"})
"""What stands between the parts of a date; the last three are the Chinese and Japanese signs, in Latin letters."""


def fold(text: str) -> str:
    """
    Normalise a word for comparison: no case, no accents.

    Examples
    --------
    >>> fold("Müller"), fold("SØREN")
    ('muller', 'soren')
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_SINGLE))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", bare)  # Hangul is put together again


def words(text: str) -> list[str]:
    """
    Split a text at everything that is neither letter nor digit.

    Examples
    --------
    >>> words("Doe^Jane_2.dcm")
    ['Doe', 'Jane', '2', 'dcm']
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        character if character.isalnum() or unicodedata.combining(character) else " " for character in composed
    ).split()


def spellings(word: str) -> frozenset[str]:
    """
    List the spellings of a word: in its own alphabet, in Latin letters, and without accents.

    The last form of longer words is one that no language has: letters that
    stand for one another in transcriptions are one letter in it.

    Examples
    --------
    >>> sorted(spellings("Müller")), sorted(spellings("Анна"))
    (['mler', 'mller', 'mueller', 'muler', 'muller'], ['ana', 'anna', 'анна'])
    """
    found = _spelled(word)
    if not word.isascii():  # what is left where a system wrote nothing, or an underscore, for each other letter
        bare = "".join(character for character in word if character.isascii())
        if len(bare) >= SHORTEST_SKELETON:
            found |= _spelled(bare)
    return found


def _spelled(word: str) -> frozenset[str]:
    folded, spelled_out = fold(word), fold(word.casefold().translate(_SPELLED_OUT))
    latin = _letters(anyascii(folded))
    skeleton = _skeleton(latin)
    return frozenset({folded, spelled_out, latin, skeleton if len(latin) >= SHORTEST_SKELETON else latin} - {""})


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _skeleton(latin: str) -> str:
    for written, kept in _ALIKE:
        latin = latin.replace(written, kept)
    return re.sub(r"([a-z])\1+", r"\1", latin)


def without_padding(text: str) -> str:
    """
    Take away the zeros with which the numbers of a text are filled up.

    Examples
    --------
    >>> without_padding("p0007"), without_padding("a10b00")
    ('p7', 'a10b0')
    """
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", text)


@lru_cache(maxsize=4096)
def texts_of(raw: bytes) -> tuple[str, ...]:
    r"""
    List the texts that bytes may encode, in any encoding and with escapes undone.

    Parameters
    ----------
    raw : bytes
        Of a name or an identifier.

    Returns
    -------
    tuple of str
        Sorted, each once. One text where all bytes are ASCII and nothing is escaped; else those that read as words:
        a mistaken reading mixes alphabets and signs.

    Examples
    --------
    >>> "müller" in texts_of(b"m\x81ller"), "Müller" in texts_of(b"M%C3%BCller"), texts_of(b"Doe")
    (True, True, ('Doe',))
    """
    found: set[str] = set()
    for unescaped in dict.fromkeys((raw, *_unescaped(raw))):
        found.add(unescaped.decode("utf-8", "backslashreplace"))
        if not unescaped.isascii() or b"\x1b" in unescaped:
            found.update(_decoded(unescaped[:READ_CHARACTERS]))
    return tuple(sorted(found))


def _unescaped(raw: bytes) -> Iterator[bytes]:
    """Take escapes back, twice where they were escaped again."""
    for _ in range(2):
        text = html.unescape(raw.decode("utf-8", "surrogateescape"))
        text = _ESCAPED_CHARACTERS.sub(_character, text)
        text = _ESCAPED_BYTES.sub(_bytes, text)
        again = text.encode("utf-8", "surrogateescape")
        if again == raw:
            return
        yield (raw := again)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    is_character = code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else found[0]


def _bytes(found: re.Match[str]) -> str:
    return bytes.fromhex(re.sub(r"%|=|\\x", "", found[0])).decode("utf-8", "surrogateescape")


def _decoded(raw: bytes) -> Iterator[str]:
    """Read bytes in every encoding, and as they were before somebody took them for those of another."""
    seen = {raw}
    try:
        mistaken = raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        for encoding in MISTAKEN:
            try:
                seen.add(mistaken.encode(encoding))
            except UnicodeEncodeError:
                continue
    for before in seen:
        for encoding in ENCODINGS:
            try:
                text = before.decode(encoding)
            except UnicodeDecodeError:
                continue
            if _reads_as_words(text):
                yield text


def _reads_as_words(text: str) -> bool:
    """Whether all that is not ASCII are letters, and those of each word of one alphabet."""
    foreign = [character for character in text if not character.isascii()]
    if not all(character.isalpha() or unicodedata.combining(character) for character in foreign):
        return False
    return all(len({_script(character) for character in word if not character.isascii()}) < 2 for word in words(text))


def _script(character: str) -> str:
    name = unicodedata.name(character, "?").partition(" ")[0]
    return "CJK" if name in {"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH", "IDEOGRAPHIC"} else name


def dates_in(text: str) -> frozenset[str]:
    """
    Find what may be a date in a text, in any usual notation.

    Returns
    -------
    frozenset of str
        Year, month and day as digits; of a year of two digits just these, as `dates_of` gives them too.

    Examples
    --------
    >>> sorted(dates_in("3. Feb 2001")), sorted(dates_in("x_20010203101500"))[0], dates_in("2001")
    (['20010203'], '20010203', frozenset())
    """
    runs = [run for run in re.findall(r"[0-9]+|[a-z]+", anyascii(fold(text)).casefold()) if run not in FILLERS]
    return frozenset(found for found in _dates(runs) if found)


def _dates(runs: list[str]) -> Iterator[str | None]:
    for run in runs:
        if run[0].isdigit():
            yield from _dates_in_digits(run)
    for one, two in pairwise(runs):
        if (one + two).isdigit() and len(one + two) in (6, 7, 8):
            yield from _dates_in_digits(one + two)
    for one, two, three in zip(runs, runs[1:], runs[2:], strict=False):
        if len(one) <= 4 and len(three) <= 4 and (len(two) <= 2 or two in MONTHS):
            yield from (_date(one, two, three), _date(three, two, one), _date(three, one, two), _date(one, three, two))
        elif two.isdigit() and len(two) <= 4 and one in MONTHS:
            yield from (_date(three, one, two), _date(two, one, three))


def _dates_in_digits(run: str) -> Iterator[str | None]:
    """Find dates within digits without a separator: of eight digits anywhere, of six where few others are beside."""
    for at in range(min(len(run), 64) - 7):
        part = run[at : at + 8]
        yield from (
            _date(part[:4], part[4:6], part[6:]),
            _date(part[4:], part[2:4], part[:2]),
            _date(part[4:], part[:2], part[2:4]),
        )
    if len(run) == 7 and 1800 <= int(run[:4]) < 2200 and 1 <= int(run[4:]) <= 366:  # the day of the year
        yield (date(int(run[:4]), 1, 1) + timedelta(int(run[4:]) - 1)).strftime("%Y%m%d")
    for at in range(len(run) - 5) if len(run) <= 12 else ():
        one, two, three = run[at : at + 2], run[at + 2 : at + 4], run[at + 4 : at + 6]
        yield from (_date(one, two, three), _date(three, two, one), _date(three, one, two))


def _date(year: str, month: str, day: str) -> str | None:
    """Write a date as DICOM does, with as many digits of the year as there are; None where it is none."""
    number = MONTHS.get(month) or (int(month) if month.isdigit() and len(month) <= 2 else 0)
    if not (year.isdigit() and day.isdigit() and len(day) <= 2 and 1 <= number <= 12 and 1 <= int(day) <= 31):
        return None
    if len(year) == 4:
        return f"{year}{number:02d}{int(day):02d}" if 1800 <= int(year) < 2200 else None
    return f"{year}{number:02d}{int(day):02d}" if len(year) == 2 else None

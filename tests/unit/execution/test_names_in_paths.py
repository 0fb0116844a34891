"""A header and a path name one patient in different writing: the path is hidden. Ordinary names of folders are not."""
# ruff: noqa: E501 - one case to a line

from __future__ import annotations

import os
import struct
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest
from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from mammocalc.dicom.discover import discover
from mammocalc.dicom.privacy.identifiers import personal_tokens
from mammocalc.execution.paths import public_paths

CHARSET, PATIENT, ID, BIRTH = (0x0008, 0x0005, "CS"), (0x0010, 0x0010, "PN"), (0x0010, 0x0020, "LO"), (0x10, 0x30, "DA")
OTHER_IDS, ADMISSION, LOCATOR = (0x0010, 0x1000, "LO"), (0x0038, 0x0010, "LO"), (0x0010, 0x1090, "LO")
ACCESSION, STUDY_DATE, TAKEN = (0x0008, 0x0050, "SH"), (0x0008, 0x0020, "DA"), (0x0008, 0x002A, "DT")
PHYSICIAN, MOTHER, MAIDEN = (0x0008, 0x0090, "PN"), (0x0010, 0x1060, "PN"), (0x0010, 0x1005, "PN")
ISSUER, OPERATOR, STUDY_ID = (0x0010, 0x0021, "LO"), (0x0008, 0x1070, "PN"), (0x0020, 0x0010, "SH")
Element = tuple[int, int, str]
UTF8 = b"ISO_IR 192"


def header(*elements: tuple[Element, bytes]) -> bytes:
    """Give a file without pixels whose values are these bytes, whatever its character set says."""
    body = b""
    for (group, number, vr), value in sorted(elements):
        even = value + b" " * (len(value) % 2)
        body += struct.pack("<HH2sH", group, number, vr.encode(), len(even)) + even
    meta = struct.pack("<HH2sH", 2, 0x10, b"UI", 20) + b"1.2.840.10008.1.2.1\0"
    return b"\0" * 128 + b"DICM" + meta + body


def shown(folder: Path, content: bytes, place: bytes) -> str:
    """Put a file at a place of a folder that is named by bytes, and give its public path."""
    path = os.path.join(os.fsencode(folder), place)  # noqa: PTH118 - bytes
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - bytes
    with open(path, "wb") as file:  # noqa: PTH123 - bytes
        file.write(content)
    (found,) = discover([folder]).files
    return public_paths([found.relative], [personal_tokens(found.path, 10**6)], "salt")[0]


NAMES: list[tuple[str, list[tuple[Element, bytes]], bytes]] = [
    ("UTF-8 under Latin-1", [(CHARSET, b"ISO_IR 100"), (PATIENT, "Müller^Änne".encode())], "Müller".encode()),
    ("UTF-8 without a character set", [(PATIENT, "Müller^Änne".encode())], b"MUELLER"),
    ("Latin-1 under UTF-8", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode("latin-1"))], "müller".encode()),
    ("Cyrillic under Latin-1", [(CHARSET, b"ISO_IR 100"), (PATIENT, "Иванова^Анна".encode("cp1251"))], "Иванова".encode()),
    ("Cyrillic in KOI8-R without a set", [(PATIENT, "Иванова^Анна".encode("koi8-r"))], "Иванова Анна".encode()),
    ("Shift JIS without a set", [(PATIENT, "山田^太郎".encode("cp932"))], "山田太郎".encode()),
    ("a folder in Latin-1", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode())], "Müller".encode("latin-1")),
    ("a folder in CP850", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode())], "MÜLLER".encode("cp850")),
    ("a folder in CP1251", [(CHARSET, UTF8), (PATIENT, "Иванова^Анна".encode())], "ИВАНОВА".encode("cp1251")),
    ("a folder in GB18030", [(CHARSET, UTF8), (PATIENT, "王^小明".encode())], "王小明".encode("gb18030")),
    ("Latin-1 taken for CP437", [(PATIENT, b"M\xfcller^Anne"), (CHARSET, b"ISO_IR 100")], "Mⁿller".encode()),
    ("UTF-8 taken for Windows'", [(PATIENT, b"M\xfcller^Anne"), (CHARSET, b"ISO_IR 100")], "MÃ¼ller".encode()),
    ("UTF-8 taken for DOS", [(PATIENT, b"M\xfcller^Anne"), (CHARSET, b"ISO_IR 100")], "M├╝ller".encode()),
    ("percent", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode())], quote("Müller").encode()),
    ("percent twice", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode())], quote(quote("Müller")).encode()),
    ("percent of Latin-1", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode())], b"M%FCller"),
    ("percent of ASCII", [(PATIENT, b"Doe^Jane")], b"%44%6F%65"),
    ("HTML", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode())], b"M&uuml;ller"),
    ("unzip", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode())], b"M#U00fcller"),
    ("JSON", [(CHARSET, UTF8), (PATIENT, "Иванова^А".encode())], rb"\u0418\u0432\u0430\u043d\u043e\u0432\u0430"),
    ("mail", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode())], b"M=C3=BCller"),
    ("an underscore for the letter", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode())], b"M_ller_nne"),
    ("NFD", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode())], unicodedata.normalize("NFD", "Müller").encode()),
    ("NFD in the header", [(CHARSET, UTF8), (PATIENT, unicodedata.normalize("NFD", "Müller^Ä").encode())], "Müller".encode()),
    ("upper case", [(PATIENT, b"Quill^Ottoline")], b"OTTOLINE"),
    ("umlaut spelled out", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode())], b"Mueller"),
    ("umlaut left out", [(CHARSET, UTF8), (PATIENT, "Müller^Änne".encode())], b"Muller"),
    ("umlaut in the path alone", [(PATIENT, b"Mueller^Anne")], "Müller".encode()),
    ("umlaut spelled out in the path alone", [(PATIENT, b"Muller^Anne")], b"Mueller"),
    ("Cyrillic in Latin letters", [(CHARSET, UTF8), (PATIENT, "Щукина^Юлия".encode())], b"Shchukina"),
    ("Cyrillic in other Latin letters", [(CHARSET, UTF8), (PATIENT, "Щукина^Юлия".encode())], b"JULIJA"),
    ("Latin in Cyrillic letters", [(PATIENT, b"Ivanova^Anna")], "Иванова".encode()),
    ("Ivanowa", [(CHARSET, UTF8), (PATIENT, "Иванова^Анна".encode())], b"Iwanowa"),
    ("Greek in Latin letters", [(CHARSET, b"ISO_IR 126"), (PATIENT, "Παπαδοπούλου".encode("iso8859-7"))], b"Papadopoulou"),
    ("Greek under Latin-1", [(CHARSET, b"ISO_IR 100"), (PATIENT, "Παπάς^Ελένη".encode("cp1253"))], "ΕΛΕΝΗ".encode()),
    ("ideographic", [(CHARSET, UTF8), (PATIENT, "Yamada^Tarou=山田^太郎=やまだ^たろう".encode())], "山田".encode()),
    ("phonetic", [(CHARSET, UTF8), (PATIENT, "Yamada^Tarou=山田^太郎=やまだ^たろう".encode())], "やまだ".encode()),
    ("katakana", [(CHARSET, UTF8), (PATIENT, "Yamada^Tarou=山田^太郎=やまだ^たろう".encode())], "ヤマダ".encode()),
    ("half-width kana", [(CHARSET, UTF8), (PATIENT, "=山田^太郎=ヤマタ゛^タロウ".encode())], "ﾔﾏﾀﾞ".encode()),
    ("kana alone in Latin letters", [(CHARSET, UTF8), (PATIENT, "==やまだ^たろう".encode())], b"YAMADA_TAROU"),
    ("ISO 2022", [(CHARSET, b"\\ISO 2022 IR 87"), (PATIENT, "Yamada^Tarou=山田^太郎".encode("iso2022_jp"))], "太郎".encode()),
    ("ISO 2022 undeclared", [(PATIENT, "山田^太郎".encode("iso2022_jp"))], "太郎".encode()),
    ("Hangul", [(CHARSET, UTF8), (PATIENT, "Kim^Hong=김^영희=김^영희".encode())], unicodedata.normalize("NFD", "김영희").encode()),
    ("Chinese in Latin letters", [(CHARSET, b"GB18030"), (PATIENT, "王^小明".encode("gb18030"))], b"WANG_XIAOMING"),
    ("reversed", [(PATIENT, b"Quill^Ottoline")], b"Ottoline, Quill"),
    ("initials glued", [(PATIENT, b"Mueller^Anna")], b"MUELLERA"),
    ("all glued", [(PATIENT, b"Mueller^Anna")], b"MUELLERANNA001"),
    ("short parts glued", [(PATIENT, b"Li^Wu")], b"WULI"),
    ("cut to eight", [(PATIENT, b"Schwarzenegger^Ida")], b"SCHWARZE"),
    ("split", [(PATIENT, b"Mueller^Anna")], b"M-u-e-l-l-e-r"),
    ("two letters before a number", [(PATIENT, b"Wu^Li")], b"Wu1"),
    ("two letters after a number", [(PATIENT, b"Wu^Li")], b"1WU"),
    ("two letters glued to a view", [(PATIENT, b"Wu^Li")], b"WuLCC"),
    ("maiden name", [(MAIDEN, b"Zwiebel^Anna")], b"x zwiebel"),
    ("mother", [(MOTHER, b"Zwiebel^Anna")], b"ZwiebelBilder"),
    ("physician", [(PHYSICIAN, b"Zwiebel^Anna^^Dr")], b"von Zwiebel"),
    ("operator, the second", [(OPERATOR, b"Meyer^X\\Zwiebel^Anna")], b"zwiebel"),
    ("leading zeros", [(ID, b"00012345")], b"12345"),
    ("leading zeros, glued", [(ID, b"00012345")], b"pat12345"),
    ("short with leading zeros", [(ID, b"0047")], b"case_47"),
    ("leading zeros in the path", [(ID, b"12345")], b"0000012345"),
    ("zeros for a short one", [(ID, b"47")], b"Pat0047"),
    ("a doubled digit", [(ID, b"11")], b"Pat_011"),
    ("a digit three times", [(ID, b"222")], b"222"),
    ("zeros behind its letters", [(ID, b"P001")], b"p1"),
    ("more zeros behind its letters", [(ID, b"P-001")], b"P0001_L"),
    ("within more digits", [(ID, b"4711234")], b"20014711234999"),
    ("a part of the ID", [(ID, b"HOSP-0012345-X")], b"12345"),
    ("digits within the ID", [(ID, b"9912345678")], b"study_12345"),
    ("without its letters", [(ID, b"MG4711")], b"4711"),
    ("without its signs", [(ID, b"XK.77/4419")], b"xk774419"),
    ("other IDs", [(OTHER_IDS, b"A-1\\QX-90210")], b"qx90210"),
    ("admission", [(ADMISSION, b"ADM-5567")], b"adm5567"),
    ("record locator", [(LOCATOR, b"LOC/88123")], b"88123"),
    ("accession", [(ACCESSION, b"ACC90210")], b"90210"),
    ("issuer", [(ISSUER, b"Klinikum Nord")], b"klinikum-nord"),
    ("study ID", [(STUDY_ID, b"S55671")], b"55671"),
    *(
        (f"date as {text}", [(element, value)], text.encode())
        for element, value in ((BIRTH, b"20010203"), (STUDY_DATE, b"20010203"), (TAKEN, b"20010203101500.000"))
        for text in ("20010203", "03.02.2001")
    ),
    *(
        (f"date as {text}", [(STUDY_DATE, b"20010203")], text.encode())
        for text in (
            "2001-02-03", "2001_2_3", "3 Feb 2001", "3-february-01", "Feb 3, 2001", "03FEB2001", "2001Feb03", "030201",
            "010203", "020301", "02-03-2001", "3.2.2001", "3. Februar 2001", "3 fevrier 2001", "3 de febrero de 2001",
            "20010203T101500", "20010203101500", "scan20010203a", "2001.0203", "2001034", "2001年2月3日", "3rd of Feb 2001",
            "2001/02/03", "2001/02-03", "01/02/03", "2001/Feb/3",
        )
    ),
    ("ID over folders", [(ID, b"12345678")], b"12/345/678"),
]  # fmt: skip


@pytest.mark.parametrize(("elements", "place"), [case[1:] for case in NAMES], ids=[case[0] for case in NAMES])
def test_a_name_that_the_header_holds_is_hidden_however_it_is_written(
    tmp_path: Path, elements: list[tuple[Element, bytes]], place: bytes
) -> None:
    content = header(*elements)
    as_folder = shown(tmp_path / "a", content, place + b"/i.dcm").split("/")
    assert all(part.startswith("~") for part in as_folder[:-1]), as_folder
    assert as_folder[-1] == "i.dcm"
    as_file = shown(tmp_path / "b", content, place + b".dcm").split("/")
    assert all(part.startswith("~") for part in as_file), as_file


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_names_that_stand_deep_in_sequences_and_in_private_elements_are_found(tmp_path: Path, syntax: UID) -> None:
    """Original Attributes hold what a patient was called before somebody corrected or took out the name."""
    earlier, change, request, dataset = Dataset(), Dataset(), Dataset(), Dataset()
    earlier.PatientName, earlier.PatientID = "Quill^Ottoline", "XK-77121"
    change.ModifiedAttributesSequence = Sequence([earlier])
    request.AccessionNumber, request.RequestingPhysician = "ACC90210", "Zwiebel"
    dataset.OriginalAttributesSequence, dataset.RequestAttributesSequence = Sequence([change]), Sequence([request])
    dataset.PatientName, dataset.PatientID = "Anonymous", "1"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    dataset.private_block(0x0011, "HOUSE", create=True).add_new(1, "PN", "Kohlrabi^Ida")
    dcmwrite(tmp_path / "a", dataset, enforce_file_format=True)
    tokens = personal_tokens(tmp_path / "a", 10**6)
    assert {"quill", "ottoline", "xk77121", "77121", "acc90210", "zwiebel"} <= tokens
    assert ("kohlrabi" in tokens) is (syntax != ImplicitVRLittleEndian), "without a VR nobody can tell"


KEPT = (
    "2001/a.dcm", "2020-04/MLO_L_1.dcm", "screening/round2/R-CC.dcm", "IM000001.dcm", "1.2.840.113619.2.66.2158408118.dcm",
    "site_3/left/Digital Mammography/12.dcm", "annotated/series 004/i.dcm", "raw data/mammo_0007.dcm", "DICOM/S0001/SE02/IM7",
    "Ärzte/été/снимки/画像/a.dcm", "100%/a=b.dcm", "dr/prof/test.dcm",
)  # fmt: skip


@pytest.mark.parametrize("place", KEPT)
def test_a_path_that_names_nobody_stays(tmp_path: Path, place: str) -> None:
    content = header(
        (CHARSET, UTF8),
        (PATIENT, "Müller^Wilhelmine^^Dr=山田^太郎".encode()),
        (ID, b"000471123"),
        (BIRTH, b"19530417"),
        (STUDY_DATE, b"20010203"),
        (ACCESSION, b"2001558812"),
        (STUDY_ID, b"12"),
    )
    assert shown(tmp_path, content, place.encode()) == place


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Anonymous", "anonymous/a.dcm"),
        ("MAMMO", "mammo_raw.dcm"),
        ("Synthetic^Mammogram^0010", "mammogram_left.dcm"),
        ("Test^Patient", "test/patient_test.dcm"),
        ("Left^Breast", "left/L_CC.dcm"),
        ("Right^MLO", "right/RMLO_2.dcm"),
        ("Training^CC", "training/LCC_1.dcm"),
    ],
)
def test_words_that_stand_for_no_name_hide_nothing_in_any_spelling(tmp_path: Path, name: str, place: str) -> None:
    assert shown(tmp_path, header((PATIENT, name.encode()), (ID, name.encode())), place.encode()) == place


@pytest.mark.parametrize("number", ["1", "0", "000000", "999"])
def test_a_counter_or_a_filler_in_place_of_an_identifier_hides_nothing(tmp_path: Path, number: str) -> None:
    content = header((ID, number.encode()), (ACCESSION, number.encode()))
    assert shown(tmp_path, content, f"{number}/IM_000001.dcm".encode()) == f"{number}/IM_000001.dcm"


def test_the_names_of_sample_data_stay() -> None:
    found = discover([Path(__file__).parents[3] / "sample_data"]).files
    relative = [file.relative for file in found]
    assert len(relative) == 10
    assert public_paths(relative, [personal_tokens(file.path, 10**8) for file in found], "") == relative

"""A name is planted everywhere; no output may hold it."""

from __future__ import annotations

import base64
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pydicom
import pytest
from pydicom.datadict import dictionary_VR, keyword_dict
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from mammocalc.cli import main
from mammocalc.dicom.privacy.identifiers import personal_tokens
from mammocalc.dicom.privacy.spelling import fold, spellings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.execution.run_options import RunSummary

    Judge = Callable[..., RunSummary]
    Rows = Callable[[Path], dict[str, dict[str, Any]]]

NAME = "Quillfeather^Ottoline^Müzeyyen"
SECRETS = (
    "quillfeather", "ottoline", "müzeyyen", "muzeyyen", "muezeyyen", "xk77-4419", "xk774419", "acc-90210",
    "acc90210", "19530417", "17041953", "1953-04-17", "very private remark",
)  # fmt: skip
BOX = (slice(60, 110), slice(400, 496))  # in the background of the drawn mammogram, far from the breast
PIXELS = 10**8
PERSON_NAMES = tuple(keyword for keyword, tag in keyword_dict.items() if dictionary_VR(tag) == "PN")


def plant(original: Path, target: Path) -> Path:
    """Write a copy that names the patient in every place there is."""
    dataset = pydicom.dcmread(original)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    for keyword in PERSON_NAMES:
        setattr(dataset, keyword, NAME)
    dataset.PatientID = "XK77-4419"
    dataset.OtherPatientIDs = "XK77-4419"
    dataset.AccessionNumber = "ACC-90210"
    dataset.PatientBirthDate = "19530417"
    for keyword in (
        "PatientComments", "ImageComments", "StudyDescription", "SeriesDescription", "StudyID", "InstitutionName",
        "InstitutionAddress", "ProtocolName", "DerivationDescription", "StationName", "DeviceSerialNumber",
    ):  # fmt: skip
        limit = 16 if keyword in {"StudyID", "StationName"} else 64
        setattr(dataset, keyword, f"Quillfeather Ottoline, very private remark, {keyword}"[:limit])
    item = Dataset()
    item.PatientID = "XK77-4419"
    dataset.OtherPatientIDsSequence = Sequence([item])
    pixels = dataset.pixel_array.copy()
    white, black = int(pixels.max()), int(pixels.min())
    text = np.zeros((BOX[0].stop - BOX[0].start, BOX[1].stop - BOX[1].start), np.uint8)
    cv2.putText(text, "QUILLFEATHER", (2, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 1, 1)
    assert text.any()
    pixels[BOX] = np.where(text, white, black)
    dataset.PixelData = pixels.tobytes()
    target.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(target)
    return target


def searched(out: Path) -> dict[str, str]:
    """Give every output as text, the names of the files with it, and embedded pictures decoded."""
    texts = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        texts[f"name of {name}"] = name
        if path.is_file():
            raw = path.read_bytes()
            texts[name] = raw.decode("utf-8", "replace") + raw.decode("utf-16-le", "replace")
            for found in re.findall(rb"base64,([A-Za-z0-9+/=]+)", raw):
                texts[f"embedded in {name}"] = base64.b64decode(found).decode("utf-8", "replace")
    return texts


def assert_nobody_is_named(texts: dict[str, str]) -> None:
    for place, text in texts.items():
        lowered = text.casefold()
        for secret in SECRETS:
            assert secret not in lowered, f"{secret} in {place}"
            assert json.dumps(secret)[1:-1] not in lowered, f"{secret} in {place}"


def test_no_output_and_no_log_names_the_patient(
    drawn: Path, tmp_path: Path, rows_of: Rows, capfd: pytest.CaptureFixture[str]
) -> None:
    inputs = tmp_path / "in"
    patient = inputs / "2020" / "Quillfeather, Ottoline (XK77_4419)"
    plant(drawn / "grouped.dcm", patient / "MUEZEYYEN_17.04.1953.dcm")
    shutil.copy(drawn / "none.dcm", patient / "second.dcm")
    shutil.copy(drawn / "macro_only.dcm", inputs / "2020" / "other.dcm")
    # Faults quote nothing either: a broken header in the folder, one that is cut off, a text, an exact copy.
    (patient / "empty.dcm").write_bytes(b"")
    (inputs / "quillfeather.dcm").write_text("Quillfeather, Ottoline")
    whole = (patient / "MUEZEYYEN_17.04.1953.dcm").read_bytes()
    (inputs / "Ottoline").mkdir()
    (inputs / "Ottoline" / "cut.dcm").write_bytes(whole[: len(whole) // 2])
    shutil.copy(patient / "MUEZEYYEN_17.04.1953.dcm", inputs / "copy.dcm")

    out = tmp_path / "out"
    assert main(["run", str(inputs), "--out", str(out), "--workers", "1", "--set", "outputs.candidates=true"]) == 1
    said = capfd.readouterr()
    assert_nobody_is_named({**searched(out), "stdout": said.out, "stderr": said.err})

    rows = rows_of(out)
    assert len(rows) == 7
    readable = {path for path in rows if "~" not in path}
    assert readable == {"2020/other.dcm", "copy.dcm"}
    folders = {path.rsplit("/", 1)[0] for path in rows if path.endswith(("second.dcm", "empty.dcm"))}
    assert len(folders) == 1, "files of one folder stay together"
    assert re.fullmatch(r"2020/~[0-9a-f]{8}", folders.pop())
    judged = [row for row in rows.values() if row["status"] == "analysed"]
    assert len(judged) == 3


def test_what_is_burned_into_the_background_is_black_on_the_overlay(drawn: Path, tmp_path: Path, judge: Judge) -> None:
    planted = plant(drawn / "grouped.dcm", tmp_path / "in" / "a.dcm")
    uid = str(pydicom.dcmread(planted).SOPInstanceUID)
    out = tmp_path / "out"
    judge(planted.parent, out, "overlay.format=png")
    document = json.loads((out / "results" / f"{uid}.json").read_bytes())
    overlay = cv2.imread(str(out / document["overlay"]["path"]))
    assert overlay is not None
    scale, (left, top) = document["overlay"]["scale"], document["overlay"]["offset"]
    rows = slice(round(top + scale * BOX[0].start), round(top + scale * BOX[0].stop))
    columns = slice(round(left + scale * BOX[1].start), round(left + scale * BOX[1].stop))
    assert overlay[rows, columns].size > 1000
    assert overlay[rows, columns].max() == 0
    assert overlay.max() > 200

    # The same image without the text gives the same overlay: nothing of it has left a trace.
    clean = tmp_path / "clean"
    clean.mkdir()
    shutil.copy(drawn / "grouped.dcm", clean)
    judge(clean, tmp_path / "out2", "overlay.format=png")
    assert (tmp_path / "out2" / document["overlay"]["path"]).read_bytes() == (
        out / document["overlay"]["path"]
    ).read_bytes()


def test_images_of_one_patient_share_a_key_that_depends_on_the_salt(drawn: Path, tmp_path: Path, judge: Judge) -> None:
    plant(drawn / "grouped.dcm", tmp_path / "in" / "a.dcm")
    plant(drawn / "none.dcm", tmp_path / "in" / "b.dcm")
    shutil.copy(drawn / "macro_only.dcm", tmp_path / "in" / "other.dcm")
    keys: list[list[str]] = []
    for salt in ("one", "two"):
        judge(tmp_path / "in", tmp_path / salt, f"privacy.patient_key_salt={salt}")
        documents = [json.loads(path.read_bytes()) for path in sorted((tmp_path / salt / "results").iterdir())]
        keys.append([document["image"]["patient_key"] for document in documents])
    assert all(len(set(run)) == 2 for run in keys)
    assert set(keys[0]).isdisjoint(keys[1])


def test_every_person_of_a_header_is_known(drawn: Path, tmp_path: Path) -> None:
    tokens = personal_tokens(plant(drawn / "grouped.dcm", tmp_path / "a.dcm"), PIXELS)
    assert {"quillfeather", "ottoline", "muzeyyen", "muezeyyen", "xk774419", "acc90210", "19530417"} <= tokens
    assert not tokens & {"synthetic", "mammogram"}


def test_a_physician_alone_is_a_person_too(drawn: Path, tmp_path: Path) -> None:
    dataset = pydicom.dcmread(drawn / "none.dcm")
    dataset.PerformingPhysicianName = "Wu^Li"
    dataset.save_as(tmp_path / "a.dcm")
    assert {"wu", "li", "wuli", "liwu"} <= personal_tokens(tmp_path / "a.dcm", PIXELS)


def test_a_file_that_is_not_dicom_names_nobody(tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_text("Quillfeather " * 100)
    assert personal_tokens(tmp_path / "a.dcm", PIXELS) == frozenset()
    assert personal_tokens(tmp_path / "missing.dcm", PIXELS) == frozenset()


@pytest.mark.parametrize(
    ("written", "folded"), [("MÜLLER", "muller"), ("Søren", "soren"), ("Łukasz", "lukasz"), ("Weiß", "weiss")]
)
def test_accents_and_case_do_not_hide_a_name(written: str, folded: str) -> None:
    assert fold(written) == folded
    assert folded in spellings(written)

"""Reports are encoded as pydicom would encode them."""

from __future__ import annotations

import warnings

import pytest
from pydicom.charset import convert_encodings, default_encoding
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from mammocalc.dicom.writer.codes import MILLIMETRE, Code, dcm
from mammocalc.dicom.writer.sr.encoding import Item, put_item

CODE = dcm(111030, "Image Region")
ITEMS: dict[str, Item] = {
    "text of odd length": {"TextValue": "abc", "ValueType": "TEXT"},
    "empty text": {"TextValue": ""},
    "UID": {"UID": "1.2.3"},
    "numbers": {"GraphicData": [0.5, 7.25], "ReferencedContentItemIdentifier": [1, 2, 70000]},
    "no item": {"ContentSequence": []},
    "items in items": {
        "ContentSequence": [
            {"MeasuredValueSequence": [{"NumericValue": "0.25", "MeasurementUnitsCodeSequence": [MILLIMETRE]}]},
            {"RelationshipType": "CONTAINS", "ConceptNameCodeSequence": [CODE], "ContentSequence": [{"UID": "1.2"}]},
        ]
    },
    "beyond 64 kB": {"ContentSequence": [{"GraphicData": [1.5] * 20_000, "GraphicType": "POLYLINE"}]},
}


def as_dataset(item: Item, *, characters: str = "") -> Dataset:
    dataset = Dataset()
    if characters:
        dataset.SpecificCharacterSet = characters
    for keyword, value in item.items():
        is_sequence = keyword.endswith("Sequence")
        setattr(dataset, keyword, [as_dataset(named(one)) for one in value] if is_sequence else value)
    return dataset


def named(item: Item | Code) -> Item:
    if isinstance(item, Code):
        return {"CodeValue": item.value, "CodingSchemeDesignator": item.scheme, "CodeMeaning": item.meaning}
    return item


def written(dataset: Dataset) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of values beyond 64 kB
        write_dataset(buffer, dataset, dataset.get("SpecificCharacterSet") or default_encoding)
    return buffer.getvalue()


def encoded(item: Item, *, characters: str = "") -> bytes:
    dataset = Dataset()
    codecs = None
    if characters:
        dataset.SpecificCharacterSet = characters
        codecs = convert_encodings(characters)
    dataset.set_original_encoding(is_implicit_vr=False, is_little_endian=True, character_encoding=codecs)
    put_item(dataset, item)
    return written(dataset)


@pytest.mark.parametrize("name", ITEMS)
def test_bytes_are_those_of_the_library(name: str) -> None:
    assert encoded(ITEMS[name]) == written(as_dataset(ITEMS[name]))


@pytest.mark.parametrize("characters", ["ISO_IR 100", "ISO_IR 192"])
def test_texts_are_in_the_character_set_of_the_report(characters: str) -> None:
    item = {"TextValue": "Größe"}
    assert encoded(item, characters=characters) == written(as_dataset(item, characters=characters))


def test_an_attribute_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        put_item(Dataset(), {"NoSuchAttribute": "1"})

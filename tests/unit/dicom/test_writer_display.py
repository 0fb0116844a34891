"""What presentation states and reports copy of a header whose numbers are none."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset

from mammocalc.dicom.reader.header import Header
from mammocalc.dicom.writer.display import describe_display
from mammocalc.dicom.writer.source import SourceImage
from mammocalc.dicom.writer.sr.image_library import describe_image

SPACINGS = {"111026", "111066"}


def image_of(**values: Any) -> SourceImage:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return SourceImage(Header(dataset), "1.2", "1.3", "1.4", "1.5", rows=100, columns=80)


def shown(image: SourceImage) -> Dataset:
    state = Dataset()
    describe_display(state, image)
    return state


@pytest.mark.parametrize(
    ("spacing", "ratio", "is_written"),
    [
        ([0.05, 0.1], [500, 1000], True),
        ([0.1, 0.1], [1, 1], True),
        ([0.1, float("nan")], [1, 1], False),
        ([0.1, float("inf")], [1, 1], False),
        ([0.1, 0.0], [1, 1], False),
        ([0.1], [1, 1], False),
    ],
)
def test_a_spacing_is_two_distances_or_none(spacing: list[float], ratio: list[int], *, is_written: bool) -> None:
    image = image_of(ImagerPixelSpacing=spacing)
    [area] = shown(image).DisplayedAreaSelectionSequence
    assert area.PresentationPixelAspectRatio == ratio
    named = {item["ConceptNameCodeSequence"][0].value for item in describe_image(image)}
    assert (named >= SPACINGS) is is_written
    assert named.isdisjoint(SPACINGS) is not is_written


@pytest.mark.parametrize(
    ("descriptor", "data", "is_copied"),
    [
        ([2, 0, 16], [0, 65535], True),
        ([2, -5, 16], [0, 65535], True),
        ([2, 70000, 16], [0, 65535], False),
        ([40000, -5, 16], [0, 65535], False),
        ([2, 0], [0, 65535], False),
        ([2, 0, 16], [0, "many"], False),
    ],
)
def test_a_table_is_copied_whole_or_not_at_all(descriptor: list[int], data: list[Any], *, is_copied: bool) -> None:
    table = Dataset()
    table.add_new("LUTDescriptor", "SL", descriptor)
    table.add_new("LUTData", "LO", [str(value) for value in data])
    state = shown(image_of(VOILUTSequence=[table]))
    assert ("SoftcopyVOILUTSequence" in state) is is_copied
    if is_copied:
        [copied] = state.SoftcopyVOILUTSequence[0].VOILUTSequence
        assert (list(copied.LUTDescriptor), copied.LUTData) == (descriptor, b"\0\0\xff\xff")

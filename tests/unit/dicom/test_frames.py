"""Which bytes of a multi-frame file are those of a frame, and which objects have frames that are read."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, encapsulate_extended, generate_frames
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from mammocalc.dicom import AdmitSettings, DicomSettings, read_claim, read_mammogram
from mammocalc.vocabulary.errors import ImageError, ImageSkippedError, ImageUnreadableError
from mammocalc.vocabulary.image_key import MAX_FRAMES
from mammocalc.vocabulary.lexicon import Flag, Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Make = Callable[..., Path]

ADMITTED = DicomSettings(admit=AdmitSettings(multiframe=True))
JPEG_LS = "1.2.840.10008.1.2.4.80"
RLE = "1.2.840.10008.1.2.5"
TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"
PROJECTIONS = "1.2.840.10008.5.1.4.1.1.13.1.4"


@pytest.fixture
def frames(picture: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Three frames that differ."""
    return np.stack([picture, 4095 - picture, np.flip(picture, 0)])


def stacked(make: Make, frames: NDArray[np.uint16], syntax: str = ExplicitVRLittleEndian, **changes: Any) -> Path:
    named = {"NumberOfFrames": len(frames), "Rows": frames.shape[1], "Columns": frames.shape[2], **changes}
    return make(frames.reshape(-1, frames.shape[2]), syntax=syntax, **named)


def compressed(make: Make, frames: NDArray[np.uint16], syntax: str = JPEG_LS) -> tuple[Path, list[bytes]]:
    """Write frames in a fragment each, behind an offset table; also gives the fragments."""
    path = stacked(make, frames)
    dataset = dcmread(path)
    dataset.compress(syntax, generate_instance_uid=False)
    dataset.save_as(path)
    return path, list(generate_frames(dataset.PixelData, number_of_frames=len(frames)))


def rewrite(path: Path, pixels: bytes, **changes: Any) -> None:
    dataset = dcmread(path)
    dataset.PixelData = pixels
    dataset["PixelData"].is_undefined_length = True
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path)


def items(*fragments: bytes) -> bytes:
    """Encapsulate fragments as they are, behind an empty offset table."""
    padded = [fragment + b"\0" * (len(fragment) % 2) for fragment in (b"", *fragments)]
    return b"".join(b"\xfe\xff\x00\xe0" + struct.pack("<I", len(one)) + one for one in padded)


def check_all(path: Path, frames: NDArray[np.uint16]) -> None:
    for number, frame in enumerate(frames):
        mammogram = read_mammogram(path, ADMITTED, number)
        assert (mammogram.frame, mammogram.identity.frame) == (number, number)
        assert mammogram.identity.number_of_frames == len(frames)
        assert Flag.MULTIFRAME_ADMITTED in mammogram.flags
        assert np.array_equal(mammogram.pixels.modality_values[mammogram.pixels.codes], frame)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_uncompressed_frames_follow_each_other(make: Make, frames: NDArray[np.uint16], syntax: str) -> None:
    check_all(stacked(make, frames, syntax), frames)


@pytest.mark.parametrize("syntax", [JPEG_LS, RLE])
def test_a_fragment_for_each_frame_needs_no_table(make: Make, frames: NDArray[np.uint16], syntax: str) -> None:
    path, fragments = compressed(make, frames, syntax)
    check_all(path, frames)
    rewrite(path, encapsulate(fragments, has_bot=False))
    check_all(path, frames)


def test_frames_of_several_fragments_begin_where_the_table_or_the_stream_says(
    make: Make, frames: NDArray[np.uint16]
) -> None:
    path, fragments = compressed(make, frames)
    rewrite(path, encapsulate(fragments, fragments_per_frame=2, has_bot=True))
    check_all(path, frames)
    rewrite(path, encapsulate(fragments, fragments_per_frame=2, has_bot=False))
    check_all(path, frames)
    pixels, offsets, lengths = encapsulate_extended(fragments)
    rewrite(path, pixels, ExtendedOffsetTable=offsets, ExtendedOffsetTableLengths=lengths)
    check_all(path, frames)


def test_what_differs_between_frames_is_that_of_the_frame(make: Make, frames: NDArray[np.uint16]) -> None:
    path = stacked(make, frames, ImagerPixelSpacing=None)
    dataset = dcmread(path)
    groups = []
    for spacing in (0.07, 0.08, 0.09):
        group, measures = Dataset(), Dataset()
        measures.PixelSpacing = [spacing, spacing]
        group.PixelMeasuresSequence = [measures]
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = groups
    dataset.save_as(path)
    spacings = [read_mammogram(path, ADMITTED, number).spacing for number in range(3)]
    assert [one and one.row_mm for one in spacings] == [0.07, 0.08, 0.09]


def refusal(path: Path, frame: int | None = None, settings: DicomSettings = ADMITTED) -> ImageError:
    with pytest.raises(ImageError) as caught:
        read_mammogram(path, settings, frame)
    return caught.value


def test_what_says_no_frame_or_one_that_is_not_there_is_told(make: Make, frames: NDArray[np.uint16]) -> None:
    path = stacked(make, frames)
    assert read_claim(path, ADMITTED).number_of_frames == 3
    assert read_claim(path, DicomSettings()).number_of_frames is None
    unsaid = refusal(path)
    assert (type(unsaid), unsaid.reason) == (ImageSkippedError, Reason.MULTIFRAME)
    assert "3 frames" in unsaid.message
    assert "no frame 4" in refusal(path, 3).message
    assert "no frame 1" in refusal(make(), 0).message
    assert "admit.multiframe" in refusal(path, settings=DicomSettings()).message


def test_a_header_that_names_more_frames_than_there_are_is_one_failure(make: Make, frames: NDArray[np.uint16]) -> None:
    short = stacked(make, frames, NumberOfFrames=4)
    cut, fragments = compressed(make, frames)
    rewrite(cut, items(fragments[0], fragments[1]))
    for path, reason in ((short, Reason.PIXELS_TOO_SHORT), (cut, Reason.UNDECODABLE_PIXELS)):
        assert read_claim(path, ADMITTED).number_of_frames is None
        error = refusal(path)
        assert (type(error), error.reason) == (ImageUnreadableError, reason)
    many = stacked(make, frames, NumberOfFrames=MAX_FRAMES + 1)
    assert read_claim(many, ADMITTED).number_of_frames is None
    assert str(MAX_FRAMES) in refusal(many, 0).message


def test_slices_are_admitted_as_frames_and_projections_never(make: Make, frames: NDArray[np.uint16]) -> None:
    assert read_mammogram(stacked(make, frames, SOPClassUID=TOMOSYNTHESIS), ADMITTED, 1).frame == 1
    projections = stacked(make, frames, SOPClassUID=PROJECTIONS)
    assert read_claim(projections, ADMITTED).number_of_frames is None
    assert refusal(projections).reason is Reason.TOMOSYNTHESIS

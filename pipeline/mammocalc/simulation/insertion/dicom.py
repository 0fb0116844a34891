"""A copy of a real image with inserted calcifications: its de-identified file, and its truth."""

from __future__ import annotations

import warnings
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian

from mammocalc import __version__
from mammocalc.simulation.identity import make_uid
from mammocalc.simulation.truth import SCHEMA_VERSION, point_record
from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import ImageIdentity
    from mammocalc.simulation.insertion.recipe import InsertRecipe
    from mammocalc.simulation.insertion.records import Insertion
    from mammocalc.vocabulary.geometry import PixelSpacing

KEPT: Final = (
    "SOPClassUID", "Modality", "ConversionType", "PresentationIntentType", "Manufacturer", "ManufacturerModelName",
    "BodyPartExamined", "OrganExposed", "ImageLaterality", "FrameLaterality", "Laterality", "ViewPosition",
    "PatientOrientation", "BreastImplantPresent", "PartialView", "BurnedInAnnotation", "QualityControlImage",
    "DetectorType", "DistanceSourceToDetector", "DistanceSourceToPatient", "EstimatedRadiographicMagnificationFactor",
    "ImagerPixelSpacing", "PixelSpacing", "PixelSpacingCalibrationType", "NominalScannedPixelSpacing",
    "LossyImageCompression", "PhotometricInterpretation", "PixelIntensityRelationship",
    "PixelIntensityRelationshipSign", "RescaleIntercept", "RescaleSlope", "RescaleType", "PresentationLUTShape",
    "WindowCenter", "WindowWidth", "VOILUTFunction", "PixelPaddingValue", "PixelPaddingRangeLimit",
    "DetectorConfiguration", "FieldOfViewShape", "FieldOfViewDimensions", "FieldOfViewOrigin", "FieldOfViewRotation",
    "FieldOfViewHorizontalFlip", "KVP", "AnodeTargetMaterial", "FilterMaterial", "Grid", "BodyPartThickness",
    "CompressionForce", "PositionerType", "PositionerPrimaryAngle",
)  # fmt: skip
"""What a reader needs to read the copy as it read the source, and how the image was taken. Everything else is left
behind, for it may name people: that list would have no end."""
KEPT_CODES: Final = ("ViewCodeSequence", "AnatomicRegionSequence")
KEPT_TABLES: Final = ("ModalityLUTSequence", "VOILUTSequence")
KEPT_IN_CODES: Final = ("CodeValue", "CodingSchemeDesignator", "CodeMeaning")
KEPT_IN_TABLES: Final = ("LUTDescriptor", "LUTData", "ModalityLUTType")
MODIFIERS: Final = ("ViewModifierCodeSequence", "AnatomicRegionModifierSequence")


def derived_uid(source: ImageIdentity, seed: int, recipe: InsertRecipe) -> UID:
    """Give the SOP Instance UID of a copy: it follows from the source, the seed and the recipe."""
    return make_uid("inserted", source.sop_instance_uid, str(seed), recipe.model_dump_json())


def derive_dataset(source: Dataset, identity: ImageIdentity, codes: NDArray[np.uint16], uid: UID) -> FileDataset:
    """
    Give the copy of an image as a DICOM file in memory.

    Parameters
    ----------
    source : Dataset
        Header of the source; its pixels are not looked at.
    identity : ImageIdentity
        Of the source. Its patient key becomes the copy's PatientID, so that a
        patient's images stay together and nobody is named.
    codes : ndarray of uint16, shape (rows, columns)
        New stored values, counted from the smallest possible one.
    uid : UID
        The copy's SOP Instance UID.

    Returns
    -------
    FileDataset
        Uncompressed, explicit little endian; marked as derived, with new UIDs
        of series and study. Names, dates, comments and private attributes
        stay behind.
    """
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(identity.sop_class_uid)
    meta.MediaStorageSOPInstanceUID = uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = make_uid("mammocalc")
    meta.ImplementationVersionName = "MAMMOCALC"
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128, is_implicit_VR=False, is_little_endian=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a warning would quote the value
        _keep(source, ds, KEPT)
        for keyword in KEPT_CODES:
            _keep_items(source, ds, keyword, KEPT_IN_CODES)
        for keyword in KEPT_TABLES:
            _keep_items(source, ds, keyword, KEPT_IN_TABLES)
        image_type = source.get("ImageType") or ()
    values = [image_type] if isinstance(image_type, str) else [str(value) for value in image_type]
    ds.ImageType = ["DERIVED", *(values[1:] or ["PRIMARY"])]
    ds.DerivationDescription = "Synthetic calcifications were put into this image by mammocalc"
    ds.SoftwareVersions = __version__
    ds.SOPInstanceUID = uid
    ds.StudyInstanceUID = make_uid("inserted study", identity.study_instance_uid or identity.sop_instance_uid)
    ds.SeriesInstanceUID = make_uid("inserted series", uid)
    key = identity.patient_key
    ds.PatientID = key or ""
    ds.PatientName = f"Synthetic^{key or 'Unknown'}"
    for keyword in ("PatientBirthDate", "StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName"):
        setattr(ds, keyword, "")
    ds.PatientSex, ds.StudyID = "", ""
    ds.SeriesNumber, ds.InstanceNumber = 1, 1
    _store(ds, source, codes)
    return ds


def _store(ds: Dataset, source: Dataset, codes: NDArray[np.uint16]) -> None:
    """Put the pixels in, with as many bits as the source has."""
    allocated, signed = int(source.BitsAllocated), int(source.get("PixelRepresentation") or 0) == 1
    stored = int(source.get("BitsStored") or allocated)
    ds.SamplesPerPixel = 1
    ds.Rows, ds.Columns = codes.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = allocated, stored, stored - 1
    ds.PixelRepresentation = int(signed)
    values = codes.astype(np.int32) - (1 << (stored - 1) if signed else 0)
    data = values.astype(f"<{'i' if signed else 'u'}{allocated // 8}").tobytes()
    ds.PixelData = data + b"\0" * (len(data) % 2)
    ds["PixelData"].VR = "OW" if allocated > 8 else "OB"


def _keep(source: Dataset, ds: Dataset, keywords: tuple[str, ...]) -> None:
    """Copy attributes that are there and can be parsed."""
    for keyword in keywords:
        try:
            if keyword in source:
                ds[keyword] = deepcopy(source[keyword])
        except Exception:  # noqa: BLE001, S112 - a broken element reads as missing, as it did in the source
            continue


def _keep_items(source: Dataset, ds: Dataset, keyword: str, kept: tuple[str, ...]) -> None:
    """Copy some attributes of the items of a sequence."""
    items = source.get(keyword)
    if not isinstance(items, Sequence) or not items:
        return
    copies = []
    for item in items:
        copy = Dataset()
        _keep(item, copy, kept)
        for nested in MODIFIERS:
            _keep_items(item, copy, nested, KEPT_IN_CODES)
        copies.append(copy)
    setattr(ds, keyword, Sequence(copies))


def insertion_record(
    insertion: Insertion, identity: ImageIdentity, uid: UID, spacing: PixelSpacing, seed: int
) -> dict[str, Any]:
    """
    Give the truth of a copy, as it is written to JSON.

    The keys of `truth_record` that have a meaning here, and those that say how
    each calcification stands in its surroundings; docs/simulator.md defines
    them. ``distribution`` is null: nobody drew one.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "sop_instance_uid": str(uid),
        "file": f"{uid}.dcm",
        "inserted": True,
        "source_sop_instance_uid": identity.sop_instance_uid,
        "seed": seed,
        "patient": identity.patient_key,
        "rows": identity.rows,
        "columns": identity.columns,
        "pixel_spacing_mm": [spacing.row_mm, spacing.column_mm],
        "laterality": identity.laterality.value,
        "view": identity.view.value,
        "has_calcifications": bool(insertion.calcifications),
        "distribution": None,
        "points": [
            {
                **point_record(point),
                "peak_grey_levels": round(point.peak_grey_levels, 2),
                "noise_grey_levels": round(point.noise_grey_levels, 3),
                "peak_sigma": round(point.peak_sigma, 2),
                "local_density": round(point.local_density, 3),
            }
            for point in insertion.calcifications
        ],
        "clusters": [
            {"id": number, "label": Distribution.GROUPED.value, "members": list(members)}
            for number, members in enumerate(insertion.groups)
        ],
    }

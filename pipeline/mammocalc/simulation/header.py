"""A rendered scene as a Digital Mammography X-Ray Image object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalMammographyXRayImageStorageForProcessing,
)

from mammocalc import __version__
from mammocalc.simulation.coding import allocated_bits, encode
from mammocalc.simulation.identity import make_uid, sop_instance_uid
from mammocalc.simulation.vocabulary import TRANSFER_SYNTAX_UIDS, ObjectKind, Photometric
from mammocalc.vocabulary.lexicon import Laterality, PresentationIntent, View

if TYPE_CHECKING:
    from mammocalc.simulation.recipe import Scene
    from mammocalc.simulation.rendering import SimulatedImage

_DATE: Final = "20200101"
_TIME: Final = "120000"
"""Fixed, so that equal recipes give equal bytes."""

_VIEW_CODES: Final = {
    View.CC: ("399162004", "cranio-caudal"),
    View.MLO: ("399368009", "medio-lateral oblique"),
    View.ML: ("399260004", "medio-lateral"),
    View.XCCL: ("399192008", "cranio-caudal exaggerated laterally"),
}
"""DICOM CID 4014, SNOMED CT."""


def _code(value: str, meaning: str, scheme: str = "SCT") -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _patient_orientation(scene: Scene) -> list[str]:
    """Directions of the rows and of the columns (PS3.3 C.7.6.1.1.1)."""
    left = scene.laterality is Laterality.LEFT
    along = "A" if left else "P"
    inward = "R" if left else "L"
    down = {View.CC: inward, View.XCCL: inward, View.MLO: f"F{inward}", View.ML: "F"}
    return [along, down[scene.view]]


def _patient_and_study(ds: Dataset, scene: Scene) -> None:
    ds.PatientName = f"Synthetic^Mammogram^{scene.patient:04d}"
    ds.PatientID = f"SYNTHETIC-{scene.patient:04d}"
    ds.PatientBirthDate = ""
    ds.PatientSex = "F"
    ds.StudyInstanceUID = make_uid("study", str(scene.patient))
    ds.StudyDate, ds.StudyTime = _DATE, _TIME
    ds.ReferringPhysicianName = ""
    ds.StudyID = str(scene.patient)
    ds.AccessionNumber = ""
    ds.SeriesInstanceUID = make_uid("series", scene.model_dump_json())
    ds.SeriesNumber = 1
    ds.SeriesDate, ds.SeriesTime = _DATE, _TIME
    ds.Modality = "MG"
    ds.PresentationIntentType = scene.intent.value
    ds.BodyPartExamined = "BREAST"
    ds.Manufacturer = scene.manufacturer
    ds.ManufacturerModelName = scene.manufacturer_model_name
    ds.DeviceSerialNumber = "1"
    ds.SoftwareVersions = __version__


def _acquisition(ds: Dataset, scene: Scene, thickness_mm: float) -> None:
    imager = round(scene.pixel_spacing_mm * scene.magnification, 6)
    ds.ImagerPixelSpacing = [imager, imager]
    ds.EstimatedRadiographicMagnificationFactor = scene.magnification
    ds.DistanceSourceToDetector = 650
    ds.DistanceSourceToPatient = round(650 / scene.magnification, 3)
    ds.DetectorType = scene.detector.value
    ds.DetectorConfiguration = "AREA"
    ds.DetectorDescription = ""
    ds.DetectorID = "1"
    ds.DetectorTemperature = None
    ds.FieldOfViewShape = "RECTANGLE"
    ds.FieldOfViewDimensions = [round(side * scene.magnification) for side in scene.field_mm]
    ds.FieldOfViewOrigin = [0, 0]
    ds.FieldOfViewRotation = "0"
    ds.FieldOfViewHorizontalFlip = "NO"
    ds.KVP = 29
    ds.ExposureTime = 1000
    ds.XRayTubeCurrent = 100
    ds.Exposure = 100
    ds.AnodeTargetMaterial = "TUNGSTEN"
    ds.FilterMaterial = "RHODIUM"
    ds.Grid = "FOCUSED"
    ds.BodyPartThickness = round(thickness_mm, 1)
    ds.CompressionForce = 100
    ds.PositionerType = "MAMMOGRAPHIC"
    ds.PositionerPrimaryAngle = {View.MLO: 45, View.ML: 90}.get(scene.view, 0)
    ds.AcquisitionDate, ds.AcquisitionTime = _DATE, _TIME
    ds.AcquisitionContextSequence = Sequence()


def _breast_and_view(ds: Dataset, scene: Scene) -> None:
    ds.ImageLaterality = scene.laterality.value
    ds.ViewPosition = scene.view.value
    view = _code(*_VIEW_CODES[scene.view])
    view.ViewModifierCodeSequence = Sequence()
    ds.ViewCodeSequence = Sequence([view])
    ds.AnatomicRegionSequence = Sequence([_code("76752008", "Breast")])
    ds.OrganExposed = "BREAST"
    ds.BreastImplantPresent = "YES" if ObjectKind.IMPLANT in scene.objects else "NO"
    ds.PartialView = "NO"
    ds.PatientOrientation = _patient_orientation(scene)


def _image(ds: Dataset, simulated: SimulatedImage) -> None:
    scene = simulated.scene
    raw = scene.intent is PresentationIntent.FOR_PROCESSING
    ds.ImageType = ["ORIGINAL" if raw else "DERIVED", "PRIMARY", ""]
    ds.InstanceNumber = 1
    ds.ContentDate, ds.ContentTime = _DATE, _TIME
    ds.ImageComments = f"Simulated image, recipe seed {scene.seed}"
    ds.BurnedInAnnotation = "NO"
    ds.QualityControlImage = "NO"
    ds.LossyImageCompression = "00"
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = scene.photometric.value
    ds.Rows, ds.Columns = simulated.pixels.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = allocated_bits(scene), scene.bits, scene.bits - 1
    ds.PixelRepresentation = 0
    ds.PixelIntensityRelationship = scene.stored_relationship.value
    ds.PixelIntensityRelationshipSign = scene.stored_sign
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "US"
    ds.PresentationLUTShape = "INVERSE" if scene.photometric is Photometric.MONOCHROME1 else "IDENTITY"
    if simulated.window is not None:
        ds.WindowCenter, ds.WindowWidth = simulated.window
        ds.WindowCenterWidthExplanation = "NORMAL"
        ds.VOILUTFunction = "LINEAR"


def make_dataset(simulated: SimulatedImage) -> FileDataset:
    """
    Give a rendered scene as a DICOM file in memory.

    Returns
    -------
    FileDataset
        A Digital Mammography X-Ray Image For Presentation or For Processing
        (PS3.3 A.27) with its pixels in the scene's transfer syntax. Names and
        numbers in it belong to nobody; dates are fixed.
    """
    scene = simulated.scene
    raw = scene.intent is PresentationIntent.FOR_PROCESSING
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = (
        DigitalMammographyXRayImageStorageForProcessing if raw else DigitalMammographyXRayImageStorageForPresentation
    )
    meta.MediaStorageSOPInstanceUID = sop_instance_uid(scene)
    meta.TransferSyntaxUID = UID(TRANSFER_SYNTAX_UIDS[scene.transfer_syntax])
    meta.ImplementationClassUID = make_uid("mammocalc")
    meta.ImplementationVersionName = "MAMMOCALC"
    ds = FileDataset(
        "",
        {},
        file_meta=meta,
        preamble=b"\0" * 128,
        is_implicit_VR=meta.TransferSyntaxUID.is_implicit_VR,
        is_little_endian=meta.TransferSyntaxUID.is_little_endian,
    )
    ds.SOPClassUID, ds.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    ds.InstanceCreationDate, ds.InstanceCreationTime = _DATE, _TIME
    _patient_and_study(ds, scene)
    _acquisition(ds, scene, simulated.thickness_mm)
    _breast_and_view(ds, scene)
    _image(ds, simulated)
    ds.PixelData = encode(simulated.pixels, scene)
    ds["PixelData"].VR = "OW"
    if meta.TransferSyntaxUID.is_encapsulated:
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = True
    elif ds.BitsAllocated == 8 and not meta.TransferSyntaxUID.is_implicit_VR:
        ds["PixelData"].VR = "OB"
    return ds

"""A rendered image of a patient as a Digital Mammography X-Ray Image object of its study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.simulation.header import make_dataset

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

    from mammocalc.simulation.patient.identity import ImageIdentity
    from mammocalc.simulation.patient.rendering import PatientPhantom

_DATES = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate", "InstanceCreationDate")


def make_patient_dataset(rendered: PatientPhantom, identity: ImageIdentity) -> FileDataset:
    """
    Give an image of a patient as a DICOM file in memory.

    Returns
    -------
    FileDataset
        As `make_dataset` gives scenes; all images of a patient share PatientID, those of a date the study and its
        date, and each image is a series of its own.
    """
    ds = make_dataset(rendered.simulated)
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = identity.sop_instance_uid
    ds.PatientID, ds.PatientName = identity.patient_id, identity.patient_name
    ds.StudyInstanceUID, ds.StudyID = identity.study_instance_uid, identity.study_id
    ds.SeriesInstanceUID = identity.series_instance_uid
    ds.SeriesNumber = ds.InstanceNumber = identity.instance_number
    for name in _DATES:
        setattr(ds, name, identity.study_date)
    ds.PositionerPrimaryAngle = round(rendered.image.positioning.angle_degrees)
    ds.ImageComments = "Simulated image of a simulated patient"
    return ds

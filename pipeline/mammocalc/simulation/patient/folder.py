"""A folder of simulated patients: their studies as DICOM, with the truth of each image."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from mammocalc.simulation.folder import as_text, write_images
from mammocalc.simulation.image_frame import ImageFrame
from mammocalc.simulation.patient.header import make_patient_dataset
from mammocalc.simulation.patient.identity import identify
from mammocalc.simulation.patient.points import simulate_patient_points
from mammocalc.simulation.patient.recipe import PatientRecipe
from mammocalc.simulation.patient.rendering import render_patient
from mammocalc.simulation.patient.truth import patient_truth_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mammocalc.simulation.patient.records import PatientPoints


def simulate_studies(
    folder: Path, patients: int = 1, recipe: PatientRecipe | None = None, *, seed: int = 1, is_alone: bool = False
) -> tuple[Path, ...]:
    """
    Write the studies of simulated patients, and their truth.

    Parameters
    ----------
    folder : Path
        Made if it does not exist. Files of the same images are replaced,
        others are left alone.
    patients : int
        How many, at least 1. More of them leave the first ones as they are.
    recipe : PatientRecipe or None
        None takes every default: four images on each of two dates.
    seed : int
        Not negative; other seeds give other patients.
    is_alone : bool
        Refuse a folder that holds truths of other images.

    Returns
    -------
    tuple of Path
        ``patient_0001/date_1/L_CC.dcm`` and so on, by patient, date, side and view; the truth of each lies in
        ``truth/<SOPInstanceUID>.json``.

    Raises
    ------
    UsageError
        If another process writes there, an image is there already that was not simulated, or the folder was to be
        alone and is not. Nothing was done.
    OutputError
        If the folder cannot be written to.
    StoppedError
        If it took some files and then no more, or went away.
    """
    used = recipe or PatientRecipe()
    drawn = [simulate_patient_points(seed, used, number=number + 1) for number in range(patients)]
    names = {
        identity.file: f"{identity.sop_instance_uid}.json"
        for patient in drawn
        for identity in (identify(patient, image, used) for image in patient.images)
    }
    made = (item for patient in drawn for item in _made(patient, used))
    write_images(folder, names, made, is_alone=is_alone)
    return tuple(folder / file for file in names)


def _made(patient: PatientPoints, recipe: PatientRecipe) -> Iterator[tuple[str, bytes, str]]:
    """Give each image of a patient: its path in the folder, its bytes, and its truth as JSON."""
    for rendered in render_patient(patient, recipe):
        identity = identify(patient, rendered.image, recipe)
        image = io.BytesIO()
        make_patient_dataset(rendered, identity).save_as(image, enforce_file_format=True)
        record = patient_truth_record(patient, rendered, identity, ImageFrame(rendered.simulated.scene), recipe)
        yield identity.file, image.getvalue(), as_text(record)

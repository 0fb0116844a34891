"""Names, numbers and dates of a simulated patient's studies, which follow from recipe, seed and number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from mammocalc.simulation.identity import make_uid

if TYPE_CHECKING:
    from pydicom.uid import UID

    from mammocalc.simulation.patient.recipe import PatientRecipe
    from mammocalc.simulation.patient.records import PatientImage, PatientPoints

_LAST_DATE: Final = date(2020, 1, 6)
"""Of every patient's last examination: fixed, so that equal recipes give equal bytes."""


@dataclass(frozen=True, slots=True)
class ImageIdentity:
    """What names one image of a patient."""

    patient_id: str
    patient_name: str
    study_instance_uid: UID
    series_instance_uid: UID
    sop_instance_uid: UID
    prior_sop_instance_uid: UID | None
    study_date: str
    study_id: str
    instance_number: int
    file: str
    """Path within the folder, with forward slashes."""


def identify(patient: PatientPoints, image: PatientImage, recipe: PatientRecipe) -> ImageIdentity:
    """Name an image of a patient; any change of recipe, seed or number gives other identifiers."""
    words = (recipe.model_dump_json(), str(patient.seed), str(patient.number))
    own = (*words, str(image.date), image.laterality.value, image.view.value)
    before = (*words, str(image.date - 1), image.laterality.value, image.view.value)
    examination = image.date + 1
    of_date = [one for one in patient.images if one.date == image.date]
    return ImageIdentity(
        patient_id=f"SYNTHETIC-{patient.seed}-{patient.number:04d}",
        patient_name=f"Synthetic^Patient^{patient.seed}-{patient.number:04d}",
        study_instance_uid=make_uid("patient study", *words, str(image.date)),
        series_instance_uid=make_uid("patient series", *own),
        sop_instance_uid=make_uid("patient instance", *own),
        prior_sop_instance_uid=make_uid("patient instance", *before) if image.date else None,
        study_date=f"{_LAST_DATE - timedelta(days=patient.study_days[-1] - image.study_day):%Y%m%d}",
        study_id=str(examination),
        instance_number=of_date.index(image) + 1,
        file=f"patient_{patient.number:04d}/date_{examination}/{image.laterality.value}_{image.view.value}.dcm",
    )

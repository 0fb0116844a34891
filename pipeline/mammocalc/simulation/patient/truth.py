"""The truth of an image of a patient, as it is written to JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.simulation.truth import truth_record

if TYPE_CHECKING:
    from mammocalc.simulation.image_frame import ImageFrame
    from mammocalc.simulation.patient.identity import ImageIdentity
    from mammocalc.simulation.patient.recipe import PatientRecipe
    from mammocalc.simulation.patient.records import PatientImage, PatientPoints, ShownCalcification
    from mammocalc.simulation.patient.rendering import PatientPhantom


def patient_truth_record(
    patient: PatientPoints,
    rendered: PatientPhantom,
    identity: ImageIdentity,
    frame: ImageFrame,
    recipe: PatientRecipe,
) -> dict[str, Any]:
    """
    Give what is known about a rendered image of a patient.

    Parameters
    ----------
    patient : PatientPoints
    rendered : PatientPhantom
    identity : ImageIdentity
    frame : ImageFrame
        Of the image.
    recipe : PatientRecipe

    Returns
    -------
    dict
        The keys of a scene's truth, of which ``scene`` is left out, and those
        of patients; docs/simulator.md defines each.
    """
    image = rendered.image
    record = truth_record(rendered.simulated.truth, rendered.simulated.scene)
    del record["scene"]
    by_id = {one.id: one for one in patient.calcifications}
    for point, shown in zip(record["points"], image.shown, strict=True):
        point["calcification"], point["finding"] = shown.id, shown.finding
        point["fate"] = None if shown.fate is None else shown.fate.value
        point["place_mm"] = [round(value, 2) for value in by_id[shown.id].place_mm.tolist()]
    side = image.laterality.value
    for cluster in record["clusters"]:
        cluster["finding"] = f"{side}F{cluster['id']}"
    prior = identity.prior_sop_instance_uid
    return {
        **record,
        "sop_instance_uid": str(identity.sop_instance_uid),
        "file": identity.file,
        "patient": identity.patient_id,
        "study_instance_uid": str(identity.study_instance_uid),
        "study_day": image.study_day,
        "prior_sop_instance_uid": None if prior is None else str(prior),
        "findings": _findings(patient, image),
        "gone": [_gone(one, frame) for one in image.gone],
        "outside": list(image.outside),
        "positioning": {
            "angle_degrees": round(image.positioning.angle_degrees, 1),
            "roll_degrees": round(image.positioning.roll_degrees, 1),
            "up_degrees": round(image.positioning.up_degrees, 1),
            "lateral_degrees": round(image.positioning.lateral_degrees, 1),
            "thickness_mm": round(image.positioning.thickness_mm, 1),
            "lost_mm": round(image.positioning.lost_mm, 1),
        },
        "recipe": {"seed": patient.seed, "number": patient.number, **recipe.model_dump(mode="json")},
    }


def _findings(patient: PatientPoints, image: PatientImage) -> list[dict[str, Any]]:
    """Give the findings of an image's breast on its date, with those of their members that the image shows."""
    shown = {one.id for one in image.shown}
    there = shown | set(image.outside)
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "label": None if one.label is None else one.label.value,
            "calcifications": sum(member in there for member in one.members),
            "shown": [member for member in one.members if member in shown],
        }
        for one in patient.findings
        if one.laterality is image.laterality and any(member in there for member in one.members)
    ]


def _gone(one: ShownCalcification, frame: ImageFrame) -> dict[str, Any]:
    row, column = frame.point(one.row_mm, one.column_mm)
    return {
        "calcification": one.id,
        "finding": one.finding,
        "row": round(row, 2),
        "column": round(column, 2),
        "diameter_mm": round(one.diameter_mm, 3),
    }

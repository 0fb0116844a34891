"""Blinded reading: images of one patient are unblinded together, when all of them are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.review.server.image_actions import MarkRead

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mammocalc.review.server.answers import Taken
    from mammocalc.review.server.run_index import Image


def same_patient(images: Mapping[str, Image]) -> dict[str, tuple[str, ...]]:
    """
    Give, for each image, all images of the same patient: what one of them shows is a hint at the others.

    Two images are of one patient if they share the patient key; an image
    without one belongs to the patient of its study. An image with neither is by
    itself. Priors count: they belong to the patient as well.

    Parameters
    ----------
    images : mapping of str to Image
        By UID.

    Returns
    -------
    dict of str to tuple of str
        UIDs in the order of ``images``, the image itself among them.
    """
    of_study = {
        one.study_instance_uid: one.patient_key
        for one in (image.identity for image in images.values())
        if one.study_instance_uid and one.patient_key
    }
    groups: dict[tuple[str, str], list[str]] = {}
    names: dict[str, tuple[str, str]] = {}
    for uid, image in images.items():
        study = image.identity.study_instance_uid
        patient = image.identity.patient_key or of_study.get(study)
        name = ("patient", patient) if patient else ("study", study) if study else ("image", uid)
        names[uid] = name
        groups.setdefault(name, []).append(uid)
    return {uid: tuple(groups[name]) for uid, name in names.items()}


def has_answered(taken: Iterable[Taken]) -> bool:
    """Whether a reader has ever said that the image is read: what was shown then cannot be unseen by an undo."""
    return any(isinstance(item.action, MarkRead) and item.action.read for item in taken)

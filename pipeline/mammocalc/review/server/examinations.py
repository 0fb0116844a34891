"""Examinations of a patient: their images, their order, and which is whose prior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mammocalc.model.study import study_of
from mammocalc.model.view_names import names_of
from mammocalc.review.server.blinding import same_patient
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mammocalc.review.server.run_index import Image

HANGING: Final = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))
"""The usual order of the four views."""
MOST_OF_A_CASE: Final = 16
"""Images that are opened together: twice the views of an examination. Some archives give all images one study."""


@dataclass(frozen=True, slots=True)
class Examination:
    """
    The images of one day of one study.

    Attributes
    ----------
    uids : tuple of str
        As they hang; further views behind.
    study_day : int or None
        None where the images name no day, or are of patients whose days cannot be compared.
    """

    uids: tuple[str, ...]
    study_day: int | None

    def days_before(self, other: Examination) -> int | None:
        """Give how many days it lies before another one of the patient, negative where behind; None if unknown."""
        if self.study_day is None or other.study_day is None:
            return None
        return other.study_day - self.study_day


class Examinations:
    """
    The examinations of all patients of a run.

    A study is what `study_of` joins, as in the run's own studies. Where its
    images name several days, each day is an examination: two dates are never
    one case.

    Parameters
    ----------
    images : mapping of str to Image
        By UID.
    """

    def __init__(self, images: Mapping[str, Image]) -> None:
        self._images = images
        self._of = {uid: one for one in _group(images) for uid in one.uids}
        self._name = {uid: name for one in set(self._of.values()) for uid, name in _named(one, images)}
        self._patient = same_patient(images)
        self._of_patient: dict[str, list[Examination]] = {}

    def name(self, uid: str) -> str:
        """Name an image as the pages of studies do: no two of one examination are called alike."""
        return self._name[uid]

    def same_patient(self, uid: str) -> tuple[str, ...]:
        """List all images of the patient of an image, itself among them."""
        return self._patient[uid]

    def patient(self, uid: str) -> str:
        """Name the patient of an image, by one of their images."""
        return self._patient[uid][0]

    def of_patient(self, uid: str) -> list[Examination]:
        """List the examinations of the patient of an image, newest first; those without a day last."""
        name = self.patient(uid)
        if name not in self._of_patient:
            found = {self._of[other].uids: self._of[other] for other in self._patient[uid]}
            self._of_patient[name] = sorted(found.values(), key=_newest_first)
        return self._of_patient[name]

    def case(self, uid: str) -> list[str]:
        """
        List the images of the same examination, at most `MOST_OF_A_CASE`, the image itself among them.

        A frame of a multi-frame object is no view of an examination, and stands alone.
        """
        if self._images[uid].identity.frame is not None:
            return [uid]
        uids = [other for other in self._of[uid].uids if self._images[other].identity.frame is None]
        return uids[:MOST_OF_A_CASE] if uid in uids[:MOST_OF_A_CASE] else [*uids[: MOST_OF_A_CASE - 1], uid]

    def is_same_day(self, uid: str, other: str) -> bool:
        """Tell whether two images are of one examination."""
        return other in self._of[uid].uids

    def days_before(self, uid: str, other: str) -> int | None:
        """Give how many days an image was taken before another one of the same patient; None if unknown."""
        if other not in self._patient[uid]:
            return None
        return self._of[uid].days_before(self._of[other])

    def prior(self, uid: str) -> str | None:
        """Give the same view of the same breast in the nearest earlier examination that has it; None if none has."""
        own, image = self._of[uid], self._images[uid]
        if "unknown" in {image.identity.laterality, image.identity.view} or image.identity.frame is not None:
            return None
        earlier = [one for one in self.of_patient(uid) if (one.days_before(own) or 0) > 0]
        views = [self._images[other] for one in earlier for other in one.uids]
        same = [view.uid for view in views if view.identity.frame is None and _kind(view) == _kind(image)]
        return same[0] if same else None

    def describe(self, uid: str) -> dict[str, Any]:
        """Say which of the patient's examinations an image belongs to, as the worklist shows it."""
        all_of_them, own = self.of_patient(uid), self._of[uid]
        return {
            "number": all_of_them.index(own) + 1,
            "of": len(all_of_them),
            "days_earlier": own.days_before(all_of_them[0]),
        }


def _named(one: Examination, images: Mapping[str, Image]) -> Iterator[tuple[str, str]]:
    """Name the images of an examination; frames share the name of their object, and each has its number."""
    identities = {uid: images[uid].identity for uid in one.uids}
    objects = {identity.sop_instance_uid: identity for identity in identities.values()}
    names = dict(zip(objects, names_of(list(objects.values())), strict=True))
    for uid, identity in identities.items():
        frame = identity.frame_in_words
        name = names[identity.sop_instance_uid]
        yield uid, f"{name}, {frame}" if frame else name


def _kind(image: Image) -> tuple[object, ...]:
    """Give what an image and its prior share; some are magnified by a factor alone, without a view modifier."""
    parts = {Flag.MAGNIFICATION_VIEW, Flag.SPOT_VIEW} & set(image.found.get("flags", ()))
    own = image.identity
    return own.laterality, own.view, frozenset(own.view_modifiers), frozenset(parts)


def _newest_first(one: Examination) -> tuple[bool, int, tuple[str, ...]]:
    return one.study_day is None, -(one.study_day or 0), one.uids


def _group(images: Mapping[str, Image]) -> list[Examination]:
    studies: dict[str, list[Image]] = {}
    for image in images.values():
        own = image.identity
        key, _ = study_of(own.sop_instance_uid, own.study_instance_uid, own.patient_key, own.study_day)
        studies.setdefault(key, []).append(image)
    return [one for own in studies.values() for one in _by_day(own)]


def _by_day(study: Sequence[Image]) -> list[Examination]:
    """Part a study by days; those without a day go with the others where these are of one day."""
    days = {image.identity.study_day for image in study} - {None}
    if len({image.identity.patient_key for image in study}) > 1:  # each patient's days are shifted by another number
        return [Examination(_hung(study), None)]
    if len(days) < 2:
        return [Examination(_hung(study), next(iter(days), None))]
    parts = [(day, [image for image in study if image.identity.study_day == day]) for day in (*days, None)]
    return [Examination(_hung(part), day) for day, part in parts if part]


def _hung(images: Sequence[Image]) -> tuple[str, ...]:
    def place(image: Image) -> tuple[int, tuple[str, ...], str]:
        name = (image.identity.laterality, image.identity.view)
        return HANGING.index(name) if name in HANGING else len(HANGING), image.identity.view_modifiers, image.uid

    return tuple(image.uid for image in sorted(images, key=place))

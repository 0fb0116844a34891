"""Pairs of images: the same patient, side and view on the nearest earlier day, or those that the user names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.model.comparison import PairedBy
from mammocalc.model.view_names import name_of
from mammocalc.vocabulary.lexicon import Laterality, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_UID: Final = re.compile(r"[0-9.]+")
_IS_FRAME: Final = "it is one frame of a multi-frame object, and frames are not compared"
_SIDES: Final = frozenset({Laterality.LEFT, Laterality.RIGHT})


@dataclass(frozen=True, slots=True)
class Entry:
    """
    An image that may be held against another: what its row of ``tables/images.csv`` says.

    ``is_prior`` tells those of the run that was given as the prior one. ``view_modifiers`` are words.
    """

    uid: str
    patient_key: str | None
    study_day: int | None
    laterality: str
    view: str
    view_modifiers: tuple[str, ...]
    intent: str
    result: str
    is_prior: bool = False
    is_frame: bool = False

    @property
    def name(self) -> str:
        """Side, view and modifiers, for sentences."""
        return name_of(self)


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two images that are held against each other, why, and what is to be said of that."""

    current: Entry
    prior: Entry
    paired_by: PairedBy
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unpaired:
    """An image that is held against none, and the reason: a sentence."""

    entry: Entry
    reason: str


def pair_up(entries: Iterable[Entry]) -> tuple[tuple[Pairing, ...], tuple[Unpaired, ...]]:
    """
    Find the prior of each image.

    Parameters
    ----------
    entries : iterable of Entry
        Of one run, or of a run and the one before.

    Returns
    -------
    pairings : tuple of Pairing
        At most one for each current image, by UID: with the image of the same patient, side, view and modifiers on the
        nearest earlier day. Where two runs were given, only images of the prior one are priors, and one without a day
        is paired if there is no doubt which.
    unpaired : tuple of Unpaired
        Images that have no prior, with the reason, by UID. Priors themselves are not listed.
    """
    listed = sorted(entries, key=lambda entry: (entry.is_prior, entry.uid))
    are_two = any(entry.is_prior for entry in listed)
    groups: dict[tuple[str, str, str, frozenset[str]], list[Entry]] = {}
    for entry in listed:
        if _reason_alone(entry) is None:
            groups.setdefault(_kind(entry), []).append(entry)
    pairings, unpaired = [], []
    used: set[str] = set()
    for entry in listed:
        if are_two and entry.is_prior:
            continue
        reason = _reason_alone(entry)
        if reason is not None:
            unpaired.append(Unpaired(entry, reason))
            continue
        others = [other for other in groups[_kind(entry)] if other.uid != entry.uid]
        found = _among_two_runs(entry, others) if are_two else _earlier(entry, others)
        if isinstance(found, str):
            unpaired.append(Unpaired(entry, found))
        else:
            pairings.append(found)
            used.add(found.prior.uid)
    # The first examination of a patient is somebody's prior: that it has none itself need not be said.
    return tuple(pairings), tuple(item for item in unpaired if item.entry.uid not in used)


def named_pairs(
    entries: Sequence[Entry], named: Iterable[tuple[str, str]]
) -> tuple[tuple[Pairing, ...], tuple[tuple[str, str, str], ...]]:
    """
    Take the pairs that the user names.

    Parameters
    ----------
    entries : sequence of Entry
    named : iterable of (str, str)
        SOP Instance UIDs of the current image and of its prior.

    Returns
    -------
    pairings : tuple of Pairing
        In the order of the list, with a note for whatever does not fit: another patient, side or view, a later day.
    missing : tuple of (str, str, str)
        Pairs of which an image has no result, or that name one image twice, with the reason.
    """
    current: Mapping[str, Entry] = {entry.uid: entry for entry in reversed(entries) if not entry.is_prior}
    prior: Mapping[str, Entry] = {entry.uid: entry for entry in reversed(entries) if entry.is_prior}
    pairings, missing = [], []
    for one, other in named:
        now, before = current.get(one) or prior.get(one), prior.get(other) or current.get(other)
        if now is None or before is None:
            missing.append((one, other, _why_missing(one if now is None else None, other if before is None else None)))
        elif one == other:
            missing.append((one, other, "current and prior are the same image"))
        elif now.is_frame or before.is_frame:
            missing.append((one, other, _IS_FRAME))
        else:
            pairings.append(Pairing(now, before, PairedBy.NAMED, tuple(_doubts(now, before))))
    return tuple(pairings), tuple(missing)


def rivals(entries: Iterable[Entry], pairings: Iterable[Pairing]) -> tuple[tuple[Entry, ...], ...]:
    """
    Find the images with which a prior may have been exchanged.

    Parameters
    ----------
    entries : iterable of Entry
    pairings : iterable of Pairing

    Returns
    -------
    tuple of tuple of Entry
        For each pair the images of the patient, day and run of its prior, by UID: those of the other side in its view,
        and those of its side in another view.
    """
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.uid):
        groups.setdefault((entry.is_prior, entry.patient_key, entry.study_day), []).append(entry)
    found = []
    for pairing in pairings:
        prior = pairing.prior
        others = groups.get((prior.is_prior, prior.patient_key, prior.study_day), [])
        known = prior.patient_key is not None and prior.laterality in _SIDES
        found.append(tuple(e for e in others if known and e.uid != pairing.current.uid and _may_be_meant(e, prior)))
    return tuple(found)


def _may_be_meant(entry: Entry, prior: Entry) -> bool:
    """Whether an image shows the other breast in the view of the prior, or its breast in another view."""
    is_other_side, is_other_view = entry.laterality != prior.laterality, entry.view != prior.view
    is_alike = set(entry.view_modifiers) == set(prior.view_modifiers) and entry.laterality in _SIDES
    return is_alike and entry.view != View.UNKNOWN and is_other_side is not is_other_view


def _why_missing(current: str | None, prior: str | None) -> str:
    """Say which of two names have no result; None stands for one that has."""
    lacking = [name for name, uid in (("the current", current), ("the prior", prior)) if uid is not None]
    reason = f"there is no result of {' and '.join(lacking)} image"
    if all(_UID.fullmatch(uid) for uid in (current, prior) if uid is not None):
        return reason
    return f"{reason}, which is no SOP Instance UID: tables/images.csv of a run has them"


def _kind(entry: Entry) -> tuple[str, str, str, frozenset[str]]:
    return entry.patient_key or "", entry.laterality, entry.view, frozenset(entry.view_modifiers)


def _reason_alone(entry: Entry) -> str | None:
    """Say what keeps an image from being paired with any other."""
    if entry.is_frame:
        return _IS_FRAME
    if entry.patient_key is None:
        return "the file names no patient (Patient ID): name the pair with --pairs"
    if entry.laterality not in _SIDES or entry.view == View.UNKNOWN:
        return "its side or view is not known: name the pair with --pairs"
    return None


def _earlier(entry: Entry, others: Sequence[Entry]) -> Pairing | str:
    """Find the prior within one run, by the days."""
    if not others:
        return (
            f"no other image of this patient is an {entry.name}; if it has two Patient IDs, name the pair with --pairs"
        )
    if entry.study_day is None:
        return "its date is not known (Study Date): name the pair with --pairs"
    dated = [other for other in others if other.study_day is not None]
    earlier = [other for other in dated if other.study_day is not None and other.study_day < entry.study_day]
    undated = len(others) - len(dated)
    if earlier:
        return _nearest(entry, earlier, undated)
    if undated:
        return "the date of the patient's other images of this view is not known: name the pair with --pairs"
    return f"no earlier image of this patient is an {entry.name}"


def _among_two_runs(entry: Entry, others: Sequence[Entry]) -> Pairing | str:
    """Find the prior in the run that was given for it."""
    priors = [other for other in others if other.is_prior]
    if not priors:
        return f"the prior run has no {entry.name} of this patient"
    undated = [other for other in priors if other.study_day is None]
    if entry.study_day is not None:
        earlier = [other for other in priors if other.study_day is not None and other.study_day < entry.study_day]
        if earlier:
            return _nearest(entry, earlier, len(undated))
        if not undated:
            return "the images of the prior run are of the same day or later: exchange the two runs, or use --pairs"
    if len(priors) == 1:
        note = "a date is not known, so the order of the two is that of the runs as they were given"
        return Pairing(entry, priors[0], PairedBy.TWO_RUNS, (note,))
    return f"dates are not known and the prior run has {len(priors)} of this view: name the pair with --pairs"


def _nearest(entry: Entry, earlier: Sequence[Entry], undated: int) -> Pairing:
    """Take the latest day; of several images of that day one that was stored for the same purpose, then by UID."""
    day = max(other.study_day or 0 for other in earlier)
    same_day = [other for other in earlier if other.study_day == day]
    chosen = min(same_day, key=lambda other: (other.intent != entry.intent, other.uid))
    more = len(same_day) - 1
    notes = [f"{more} more of this view on that day; name another pair with --pairs"] if more else []
    if undated:
        notes.append(f"{undated} more of this view without a date, perhaps nearer; name another pair with --pairs")
    return Pairing(entry, chosen, PairedBy.NEAREST_EARLIER_DAY, tuple(notes))


def _doubts(now: Entry, before: Entry) -> Iterable[str]:
    """Say what does not fit of a pair that the user named."""
    if now.patient_key is None or before.patient_key is None:
        yield "a file names no patient, so that nobody knows whether these are two images of one"
    elif now.patient_key != before.patient_key:
        yield "the two images name different patients (Patient ID), or their keys were made under different salts"
    elif now.study_day is None or before.study_day is None:
        yield "a date is not known, so the order of the two is that of the list"
    elif now.study_day == before.study_day:
        yield "both images are of the same day"
    elif now.study_day < before.study_day:
        yield "the prior is the later of the two: the list may have them exchanged"
    if now.laterality != before.laterality:
        yield f"the sides differ ({now.laterality} and {before.laterality})"
    if now.view != before.view:
        yield f"the views differ ({now.view} and {before.view})"
    if set(now.view_modifiers) != set(before.view_modifiers):
        yield "the view modifiers differ"

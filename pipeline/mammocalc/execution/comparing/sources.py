"""Runs that a comparison reads: their images as candidates for pairs, and obstacles."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mammocalc.analysis.comparison import Entry, named_pairs, pair_up
from mammocalc.config import REDACTED
from mammocalc.execution.resume import require_record
from mammocalc.files.csv_rows import read_csv
from mammocalc.rendering.wording import many
from mammocalc.results.tables import key_of_row, read_image_rows
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.lexicon import Flag, ViewModifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from mammocalc.analysis.comparison import Pairing

NOT_OF_FINDINGS: Final = frozenset({"admit", "outputs", "overlay", "privacy"})
"""Sections that decide which images are analysed and what is written, not what is found in one."""
MOST_NAMED: Final = 5
_SAID_BY_FLAG: Final = {
    Flag.MAGNIFICATION_VIEW: ViewModifier.MAGNIFICATION.value, Flag.SPOT_VIEW: ViewModifier.SPOT.value
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A run: its folder, its record, and its images."""

    root: Path
    record: Mapping[str, Any]
    entries: tuple[Entry, ...]


def open_source(root: Path, *, is_prior: bool = False) -> Source:
    """
    Read which images a run has.

    Raises
    ------
    UsageError
        If the folder holds no run, one without a table of its images, or one of a version that wrote other tables.
    """
    record = require_record(root)
    try:
        rows = list(read_image_rows(root))
        return Source(root, record, tuple(_entry(row, is_prior=is_prior) for row in rows))
    except KeyError as error:
        message = (
            f"tables/images.csv of {root} has no column {error.args[0]}: another version or another program wrote it. "
            "Analyse its images with this one"
        )
        raise UsageError(message) from None
    except FileNotFoundError:
        message = f"{root} has no table of its images (tables/images.csv): repeat the run, which ends it"
        raise UsageError(message) from None
    except (OSError, ValueError, TypeError, AttributeError, csv.Error) as error:  # cells that are not there are None
        why = error.strerror if isinstance(error, OSError) else "it is not what a run writes"
        message = f"tables/images.csv of {root} cannot be read ({why}): repeat the run"
        raise UsageError(message) from None


def find_pairs(
    current: Source, prior: Source | None, listed: Path | None
) -> tuple[tuple[Pairing, ...], tuple[tuple[str, str], ...]]:
    """
    Find which images are held against which.

    Parameters
    ----------
    current : Source
    prior : Source or None
    listed : Path or None
        A CSV with the columns current and prior, which alone counts then.

    Returns
    -------
    pairings : tuple of Pairing
    unpaired : tuple of (str, str)
        What is compared with nothing, and why.

    Raises
    ------
    UsageError
        If there is no pair at all, or the CSV cannot be read.
    """
    entries = [*current.entries, *(() if prior is None else prior.entries)]
    if listed is not None:
        pairings, missing = named_pairs(entries, _read_pairs(listed))
        unpaired = tuple((f"{one} -> {other}", reason) for one, other, reason in missing)
    else:
        pairings, alone = pair_up(entries)
        unpaired = tuple((item.entry.uid, f"{item.entry.name}: {item.reason}") for item in alone)
    if not pairings:
        raise UsageError(_no_pairs(current, prior, unpaired, are_named=listed is not None))
    is_used = any(pairing.current.is_prior is not pairing.prior.is_prior for pairing in pairings)
    if prior is not None and not is_used and (why := _say_of_patients(current, prior)):
        message = (
            f"No image of {current.root} is compared with one of {prior.root}, and nothing was written. {why}\n"
            "Leave the second run out to compare the dates within the first."
        )
        raise UsageError(message)
    return pairings, unpaired


def settings_that_differ(current: Source, prior: Source | None) -> tuple[str, ...]:
    """
    Name the settings that decide about findings and differ between two runs: all but names, outputs and privacy.

    Returns
    -------
    tuple of str
        As ``--set`` takes them, in order.
    """
    if prior is None:
        return ()
    ours, theirs = (_settings_of(source.record) for source in (current, prior))
    return tuple(sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name)))


def say_of_runs(current: Source, prior: Source | None) -> Iterator[str]:
    """Say what makes two runs less comparable than they seem."""
    if prior is None:
        return
    one, other = current.record, prior.record
    if one.get("version") != other.get("version"):
        yield (
            f"the runs were made by different versions ({one.get('version')} and {other.get('version')}): what one "
            "reports the other may not"
        )
    names = settings_that_differ(current, prior)
    if names:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        yield (
            f"the runs were made with different settings ({', '.join(names[:MOST_NAMED])}{more}), which can make any "
            "change, so nothing is called new, gone, grown or smaller: analyse both dates with the same configuration"
        )


def _settings_of(record: Mapping[str, Any]) -> dict[str, Any]:
    settings = record.get("configuration")
    if not isinstance(settings, dict):
        return {}
    return {
        f"{section}.{name}": value
        for section, members in settings.items()
        if isinstance(members, dict) and section not in NOT_OF_FINDINGS
        for name, value in members.items()
    }


def _entry(row: Mapping[str, str], *, is_prior: bool) -> Entry:
    return Entry(
        uid=key_of_row(row),
        patient_key=row["patient_key"] or None,
        study_day=int(row["study_day"]) if row["study_day"] else None,
        laterality=row["laterality"],
        view=row["view"],
        view_modifiers=_modifiers(row),
        intent=row["presentation_intent"],
        result=row["result"],
        is_prior=is_prior,
        is_frame=key_of_row(row) != row["sop_instance_uid"],
    )


def _modifiers(row: Mapping[str, str]) -> tuple[str, ...]:
    """Give the view modifiers, and those that only another attribute says, as a magnification factor does."""
    words = row["view_modifiers"].split()
    return (
        *words,
        *(word for flag, word in _SAID_BY_FLAG.items() if flag in row["flags"].split() and word not in words),
    )


def _read_pairs(file: Path) -> Iterable[tuple[str, str]]:
    rows = read_csv(file, f"--pairs {file}", ("current", "prior"))
    pairs = [pair for pair in dict.fromkeys((row["current"], row["prior"]) for row in rows) if any(pair)]
    if not pairs:
        message = (
            f"--pairs {file} names no pair: each line gives the SOP Instance UIDs of a current image and its prior"
        )
        raise UsageError(message)
    return pairs


def _no_pairs(current: Source, prior: Source | None, unpaired: tuple[tuple[str, str], ...], *, are_named: bool) -> str:
    """Say why there is nothing to compare, and what to do."""
    counted: dict[str, int] = {}
    for _, reason in unpaired:
        bare = reason if are_named else reason.partition(": ")[2]
        counted[bare] = counted.get(bare, 0) + 1
    lines = [f"  {many(count, 'pair' if are_named else 'image')}: {reason}" for reason, count in counted.items()]
    if not are_named:
        lines.append("tables/images.csv of a run has what --pairs needs: sop_instance_uid, by patient_key and view.")
    message = "\n".join(["No two images can be compared, and nothing was written.", *lines])
    salts = _say_of_patients(current, prior)
    return f"{message}\n{salts}" if salts else message


def _say_of_patients(current: Source, prior: Source | None) -> str | None:
    """Say that two runs have no patient in common, and whether different salts may be why; None where they have."""
    if prior is None:
        return None
    ours, theirs = ({entry.patient_key for entry in one.entries} - {None} for one in (current, prior))
    if ours & theirs or not ours or not theirs:
        return None
    salts = [_salt_of(one.record) for one in (current, prior)]
    if salts[0] != salts[1]:
        sure = "The two runs were made under different salts"
    elif salts[0] == REDACTED:
        sure = "The two runs have no patient in common; perhaps they were made under different salts"
    else:
        return "The two runs have no patient in common."
    return (
        f"{sure} (privacy.patient_key_salt), and keys of patients meet under one salt alone: analyse both dates with "
        "the same --salt-file, or name the pairs with --pairs."
    )


def _salt_of(record: Mapping[str, Any]) -> Any:
    configuration = record.get("configuration")
    privacy = configuration.get("privacy") if isinstance(configuration, dict) else None
    return privacy.get("patient_key_salt") if isinstance(privacy, dict) else None

"""Relations of an image: its prior, the findings of its study, and changes between dates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from mammocalc.model.study import study_of
from mammocalc.results.comparison_form import ComparisonProvenance
from mammocalc.results.comparison_to_json import comparison_to_json
from mammocalc.results.layout import study_files
from mammocalc.results.study_to_json import study_to_json
from mammocalc.review.server.examinations import Examinations
from mammocalc.review.server.open_runs import OpenRuns
from mammocalc.review.server.relation_records import check_comparison, check_study
from mammocalc.review.server.run_files import WrongFileError, parse_json, read_inside, say_why
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mammocalc.model import ComparedImage
    from mammocalc.review.server.reader_state import PairName
    from mammocalc.review.server.run_index import RunIndex

COMPARISONS: Final = "comparisons"
OUTDATED: Final = "The comparison is of another result of this image or of its prior. Compare again."
ELSEWHERE: Final = "The prior is in another run: name that with --prior-run to see it beside."

OF_STUDY: Final = ("findings", "statements", "notes")
OF_COMPARISON: Final = ("interval_days", "registration", "clusters", "calcifications", "notes", "stability_notice")
"""What a page is told of their documents."""
UNTOLD: Final = ComparisonProvenance("", "")


@dataclass(frozen=True, slots=True)
class _Pair:
    """Where the comparison of an image lies, and with which prior."""

    prior: str
    interval_days: int | None
    place: PurePosixPath


class Relations:
    """
    Everything that joins the images of a run.

    Parameters
    ----------
    index : RunIndex
    comparison : Path or None
        The folder that ``mammocalc compare --out`` named; None where nothing was compared.
    prior_run : RunIndex or None
        The run of the earlier date, where that is another one.

    Attributes
    ----------
    index : RunIndex
    runs : OpenRuns
        All images that are shown.
    examinations : Examinations
    problems : tuple of str
        A sentence for each comparison that cannot be used.

    Raises
    ------
    UsageError
        If the folder holds no comparison, or none of an image of the run, or none with an image of the prior run.
    """

    def __init__(self, index: RunIndex, comparison: Path | None, prior_run: RunIndex | None = None) -> None:
        self.examinations = Examinations(index.images)
        self.index = index
        self._folder = comparison
        self._studies = {place.stem: place for place in study_files(index.folder)}
        self._pairs: dict[str, _Pair] = {}
        problems: list[str] = []
        if comparison is not None:
            self._read_pairs(comparison, problems)
        self.problems = tuple(problems)
        self.runs = OpenRuns(index, prior_run, {uid: pair.prior for uid, pair in self._pairs.items()})
        if prior_run is not None and not self.runs.priors:
            message = (
                f"--prior-run {prior_run.folder} holds no prior that the comparison names. Give the run that was "
                "PRIOR_RUN of mammocalc compare, and its --out with --comparison."
            )
            raise UsageError(message)

    def _read_pairs(self, folder: Path, problems: list[str]) -> None:
        places = list(_documents(folder))
        found: list[tuple[str, _Pair]] = []
        for place in places:
            try:
                record = check_comparison(parse_json(read_inside(folder, place)))
            except (OSError, WrongFileError) as error:
                problems.append(f"The comparison {place} is left out: {say_why(error)}.")
            else:
                own = record.current.sop_instance_uid
                found.append((own, _Pair(record.prior.sop_instance_uid, record.interval_days, place)))
        for uid, pair in sorted(found, key=lambda item: _nearest_first(item[1])):
            if uid in self.index.images:
                self._pairs.setdefault(uid, pair)
        if not self._pairs:
            what = "no comparison of an image of this run" if places else "no comparisons"
            message = f"--comparison {folder} holds {what}. Give the folder that --out of mammocalc compare named."
            if problems:
                message = f"--comparison {folder} holds none that can be used. {problems[0]}"
            raise UsageError(message)

    def prior(self, uid: str) -> dict[str, Any] | None:
        """Give the image that a comparison names as prior, else the same view of the nearest earlier examination."""
        pair = self._pairs.get(uid)
        if pair is None:
            prior = self.examinations.prior(uid)
            return None if prior is None else {"uid": prior, "days_earlier": self.examinations.days_before(prior, uid)}
        if not self.runs.has(pair.prior):
            return None
        return {"uid": pair.prior, "days_earlier": pair.interval_days}

    def study(self, uid: str) -> dict[str, Any] | None:
        """Give what the study of an image says; None where the run has written none that can be read."""
        own = self.index.images[uid].identity
        name, _ = study_of(own.sop_instance_uid, own.study_instance_uid, own.patient_key, own.study_day)
        place = self._studies.get(name)
        if place is None:
            return None
        try:
            study = study_to_json(check_study(parse_json(read_inside(self.index.folder, place))))
            return {key: study[key] for key in OF_STUDY}
        except (OSError, WrongFileError) as error:
            notes = [f"The document of this study cannot be used: {say_why(error)}."]
            return {"findings": [], "statements": [], "notes": notes}

    def comparison(self, uid: str) -> dict[str, Any] | None:
        """
        Give what was said of an image and its prior; None where they were not compared.

        ``why`` is a sentence where it cannot be used, as where one of them was
        analysed anew since, and the rest of the document is not there then.
        """
        pair = self._pairs.get(uid)
        if pair is None or self._folder is None:
            return None
        try:
            record = check_comparison(parse_json(read_inside(self._folder, pair.place)))
        except (OSError, WrongFileError):
            return {"why": "The comparison of this image cannot be read any more."}
        if not all(self._is_of(image) for image in (record.current, record.prior)):
            return {"why": OUTDATED}
        told = comparison_to_json(record, UNTOLD)
        return {
            "why": None if self.runs.has(pair.prior) else ELSEWHERE,
            **{key: told[key] for key in OF_COMPARISON},
            "prior": record.prior.sop_instance_uid,
        }

    def claim(self, uid: str, pair: PairName) -> str | None:
        """Give what the program says of a pair: ``linked``, or the word of the comparison; None for nothing."""
        if pair.relation == "link":
            ends = {(uid, pair.id), (pair.other, pair.other_id)}
            places = (self.study(uid) or {"findings": []})["findings"]
            joined = [(link["first"], link["second"]) for place in places for link in place["links"]]
            found = [{(end["sop_instance_uid"], end["cluster"]) for end in both} for both in joined]
            return "linked" if ends in found else None
        comparison = self.comparison(uid)
        if comparison is None or comparison.get("prior") != pair.other:
            return None
        return next((row["change"] for row in comparison[f"{pair.of}s"] if _is_row(row, pair)), None)

    def is_pair(self, uid: str, pair: PairName) -> bool:
        """Tell whether two images can be paired: two of one breast and day for a link, an image and its prior else."""
        if pair.relation == "change":
            prior = self.prior(uid)
            return prior is not None and prior["uid"] == pair.other
        sides = {self.index.images[name].identity.laterality for name in (uid, pair.other) if name in self.index.images}
        return pair.other != uid and self.examinations.is_same_day(uid, pair.other) and len(sides) == 1

    def _is_of(self, image: ComparedImage) -> bool:
        """Whether a comparison speaks of the very result that is shown; of an image elsewhere nobody knows better."""
        if not self.runs.has(image.sop_instance_uid):
            return True
        try:
            result, _ = self.runs.index_of(image.sop_instance_uid).result(image.sop_instance_uid)
        except (OSError, WrongFileError):
            return False
        digest = result.provenance.configuration_digest
        return image.configuration_digest in {"", digest} and image.calcifications == len(result.report.calcifications)


def _is_row(row: Mapping[str, Any], pair: PairName) -> bool:
    if pair.of == "calcification":
        return (row["calcification"], row["prior_calcification"]) == (pair.id, pair.other_id)
    return (row["cluster"], next(iter(row["prior_clusters"]), None)) == (pair.id, pair.other_id)


def _nearest_first(pair: _Pair) -> tuple[bool, int, PurePosixPath]:
    return pair.interval_days is None, pair.interval_days or 0, pair.place


def _documents(folder: Path) -> Iterator[PurePosixPath]:
    """List the documents of comparisons of a folder, in order."""
    for path in sorted((folder / COMPARISONS).rglob("*.json")):
        yield PurePosixPath(path.relative_to(folder).as_posix())

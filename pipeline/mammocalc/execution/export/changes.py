"""Changes since the prior for reports, checked against the present results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.analysis.change_limits import limits_for
from mammocalc.dicom.writer import Kind, PriorView, StudyImage
from mammocalc.execution.comparing.folder import COMPARISONS, comparison_files, read_comparison_record
from mammocalc.execution.export.images import ImageFiles, NotThereError, is_one_patient, read_own_result, why_unusable
from mammocalc.execution.export.request import LeftOut
from mammocalc.execution.export.run_facts import know_run
from mammocalc.execution.run_manifest import FINISHED
from mammocalc.results.comparison_from_json import comparison_from_json
from mammocalc.results.layout import result_files
from mammocalc.results.parse import parse_json
from mammocalc.vocabulary.changes import Change
from mammocalc.vocabulary.errors import ResultError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mammocalc.dicom.writer import RunFacts
    from mammocalc.execution.export.request import ExportRequest
    from mammocalc.execution.export.run_facts import KnownRun
    from mammocalc.model import ComparedImage, Comparison
    from mammocalc.results.result import Result

TELLING: Final = frozenset({Kind.CAD_SR, Kind.GSPS, Kind.SR_1500})
"""Kinds of objects that say what became of a finding since a prior."""
_OUTDATED: Final = "the comparison is of another result of {}. Compare again"
_ELSEWHERE: Final = "its prior was analysed in another run: name that with --prior-run"
_PATIENTS: Final = "its prior names a different patient, or the same one in another way, so it is not referred to"


def _require_comparison(request: ExportRequest) -> None:
    """
    Make sure that a comparison that is named can be used.

    Raises
    ------
    UsageError
        If there is none, if it has not ended, or if no kind of object that is asked for tells changes.
    """
    folder = request.comparison
    if folder is None:
        if request.prior_run is not None:
            message = "--prior-run is of use with --comparison alone, which names what mammocalc compare wrote."
            raise UsageError(message)
        return
    if not TELLING & set(request.kinds):
        message = "--comparison: none of these kinds of objects tells changes. Add cad-sr, gsps or sr-1500 to --to."
        raise UsageError(message)
    record = read_comparison_record(folder)
    if record is None:
        message = f"--comparison {folder} holds no comparison: give the folder that --out of mammocalc compare named."
        raise UsageError(message)
    if record.get("state") != FINISHED:
        message = f"--comparison {folder} holds a comparison that has not ended. The same `mammocalc compare` goes on."
        raise UsageError(message)


@dataclass(frozen=True, slots=True)
class PriorImages:
    """
    A run in which priors were analysed: its results by the UIDs of their images.

    ``files`` are its images where it calls them by other UIDs than the run that is exported; None where it does not.
    """

    run: KnownRun
    results: Mapping[str, Path]
    files: ImageFiles | None = None

    @classmethod
    def of(cls, run: KnownRun, files: ImageFiles | None = None) -> PriorImages:
        """List the results of a run."""
        return cls(run, {path.stem: run.root / path for path in result_files(run.root)}, files)


@dataclass(frozen=True, slots=True)
class ComparedImages:
    """
    What a comparison says, by the UID of the current image.

    Attributes
    ----------
    comparisons : mapping of str to (Comparison, str)
        That with the nearest prior, and the version that made it.
    runs : tuple of PriorImages
        Where priors may have been analysed, the likelier first.
    strays : tuple of LeftOut
        Documents that cannot be used.
    """

    comparisons: Mapping[str, tuple[Comparison, str]]
    runs: tuple[PriorImages, ...]
    strays: tuple[LeftOut, ...]

    @classmethod
    def look(cls, request: ExportRequest, run: KnownRun) -> ComparedImages:
        """
        Read a comparison, where one is named.

        Raises
        ------
        UsageError
            If it or the run of the priors cannot be used, or nothing in the folder speaks of an image of the run.
        """
        _require_comparison(request)
        if request.comparison is None:
            return cls({}, (), ())
        own = PriorImages.of(run)
        runs = (own,) if request.prior_run is None else (_other_run(request, request.prior_run, own), own)
        found: dict[str, tuple[Comparison, str]] = {}
        strays = []
        for place in comparison_files(request.comparison):
            try:
                comparison, version = _read(request.comparison / place)
            except (ResultError, OSError) as error:
                message = f"a document of the comparison cannot be used ({why_unusable(error)}). Compare again"
                strays.append(LeftOut("", message))
                continue
            uid = comparison.current.sop_instance_uid
            if uid in own.results and (uid not in found or _nearness(comparison) < _nearness(found[uid][0])):
                found[uid] = (comparison, version)
        if not found and not strays:
            message = (
                f"--comparison {request.comparison} speaks of no image of this run. Give the folder that --out of "
                f"mammocalc compare named ({COMPARISONS}/ in it holds a document for each pair)."
            )
            raise UsageError(message)
        priors = {comparison.prior.sop_instance_uid for comparison, _ in found.values()}
        if request.prior_run is not None and priors and priors.isdisjoint(runs[0].results):
            message = (
                f"--prior-run {request.prior_run} holds no prior that the comparison names. Give the run that was "
                "PRIOR_RUN of mammocalc compare."
            )
            raise UsageError(message)
        return cls(found, runs, tuple(strays))

    def prior_of(self, image: StudyImage, files: ImageFiles) -> PriorView | None:
        """
        Find the prior of an image, and what was said of the two.

        Parameters
        ----------
        image : StudyImage
            With a result.
        files : ImageFiles
            Of the run that is exported.

        Returns
        -------
        PriorView or None
            None for an image that was compared with none.

        Raises
        ------
        NotThereError
            If the prior is not there, names another patient, or was analysed anew since; or the image was.
        """
        if image.result is None or image.result.report.identity.key not in self.comparisons:
            return None
        comparison, version = self.comparisons[image.result.report.identity.key]
        if not _is_of(comparison.current, {*_current(comparison)}, {*_clusters(comparison)}, image.result):
            raise NotThereError(_OUTDATED.format("this image"))
        prior, facts = self._find(comparison, files)
        if not is_one_patient(image.source.patient, prior.source.patient):
            raise NotThereError(_PATIENTS)
        in_number = frozenset(_changed_in_number(comparison))
        return PriorView(prior, facts, comparison, version, in_number)

    def _find(self, comparison: Comparison, files: ImageFiles) -> tuple[StudyImage, RunFacts]:
        """Find the prior in the first run that has the very result that was compared."""
        uid = comparison.prior.sop_instance_uid
        with_it = [one for one in self.runs if uid in one.results]
        if not with_it:
            raise NotThereError(_ELSEWHERE)
        for one in with_it:
            result = read_own_result(one.results[uid], uid)
            if _is_of(comparison.prior, {*_prior(comparison)}, None, result):
                source = (one.files or files).find(uid, result.provenance.source_digest)
                return StudyImage(source, result), one.run.facts
        raise NotThereError(_OUTDATED.format("its prior"))


def _other_run(request: ExportRequest, root: Path, own: PriorImages) -> PriorImages:
    run = know_run(root, request.salt_file)
    probe = "1.2.3"
    has_same_salt = (run.key, run.public(probe)) == (own.run.key, own.run.public(probe))
    return PriorImages.of(run, None if has_same_salt else ImageFiles.look(request.images, run.public, run.key))


def _read(path: Path) -> tuple[Comparison, str]:
    document = parse_json(path.read_bytes())
    return comparison_from_json(document), str(document["provenance"]["version"])


def _nearness(comparison: Comparison) -> tuple[bool, int, str]:
    """Sort comparisons of one image: that with the nearest date before it first."""
    days = comparison.interval_days
    return days is None, abs(days or 0), comparison.prior.sop_instance_uid


def _is_of(
    compared: ComparedImage,
    calcifications: set[tuple[int, float | None]],
    clusters: set[int] | None,
    result: Result,
) -> bool:
    """Whether a comparison speaks of this very result: by what made it, and by all that it found."""
    made, report = result.provenance, result.report
    return (
        (compared.version, compared.configuration_digest) == (made.version, made.configuration_digest)
        and calcifications == {(item.number, item.diameter_mm) for item in report.calcifications}
        and (clusters is None or clusters == {cluster.number for cluster in report.clusters})
    )


def _current(comparison: Comparison) -> Iterator[tuple[int, float | None]]:
    for item in comparison.calcifications:
        if item.calcification is not None:
            yield item.calcification, item.diameter_mm


def _prior(comparison: Comparison) -> Iterator[tuple[int, float | None]]:
    for item in comparison.calcifications:
        if item.prior_calcification is not None:
            yield item.prior_calcification, item.prior_diameter_mm


def _clusters(comparison: Comparison) -> Iterator[int]:
    for item in comparison.clusters:
        if item.cluster is not None:
            yield item.cluster


def _changed_in_number(comparison: Comparison) -> Iterator[int]:
    """Give the clusters that have grown, or become smaller, by more calcifications than positioning adds or takes."""
    for change in comparison.clusters:
        if change.cluster is not None and change.change in {Change.GROWN, Change.SMALLER}:
            limits = limits_for(change.prior_members)
            more = comparison.compared_members(change.cluster) - change.prior_members
            if more > limits.more if change.change is Change.GROWN else more < -limits.fewer:
                yield change.cluster

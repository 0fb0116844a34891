"""Page of one image."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from mammocalc.rendering.details.bars import Bar, distribution_bars, kind_bars
from mammocalc.rendering.details.breast_map import draw_map
from mammocalc.rendering.details.excluded import left_out
from mammocalc.rendering.pages import fill_page
from mammocalc.rendering.wording import called, name_of, say_counts, say_presence
from mammocalc.results.layout import details_path
from mammocalc.vocabulary.flag_sentences import FLAG_SENTENCES
from mammocalc.vocabulary.lexicon import SHORT_NOTICE, Flag, Morphology

if TYPE_CHECKING:
    from mammocalc.model import Cluster, ImageIdentity, Report
    from mammocalc.results.result import Result


def render_details(result: Result, result_path: str, study_path: str | None = None) -> bytes:
    """
    Write the page of one image.

    It says what the result holds of the distribution, its clusters and their
    morphology, with the reasons, and adds nothing; the picture is the overlay.

    Parameters
    ----------
    result : Result
        As it was read back, so that its numbers are those of its JSON.
    result_path : str
        Where the result lies, relative to the run's folder.
    study_path : str or None
        Where the page of its study will lie, likewise; None where there is none.

    Returns
    -------
    bytes
        HTML in UTF-8; equal arguments give equal bytes. Texts are escaped,
        and the page's policy admits no style and no script but its own, which
        only hands three keys to the page of the run around it.
    """
    here = posixpath.dirname(details_path(result_path))
    report, overlay, call = result.report, result.overlay, result.report.distribution
    breast = report.breast
    letters = sorted(result.letters.clusters.items(), key=lambda item: (len(item[1]), item[1]))
    clusters = {cluster.number: cluster for cluster in report.clusters if not cluster.distribution.loose}
    page = fill_page(
        "rendering/details/details",
        result=result,
        report=report,
        json_path=posixpath.relpath(result_path, here),
        overlay_path=overlay and posixpath.relpath(overlay.path, here),
        study_path=study_path and posixpath.relpath(study_path, here),
        notice=SHORT_NOTICE,
        called=called(call.label, call.between),
        side=_side(report.identity),
        counts=_counts(result),
        presence=say_presence(result.presence_level),
        distribution=distribution_bars(call),
        cards=[_card(clusters[number], letter, result) for number, letter in letters if number in clusters],
        excluded=left_out(result),
        nipple=_confidence("nipple", None if breast.nipple is None else breast.nipple.confidence),
        muscle=_confidence("muscle", breast.pectoral_confidence),
        nipple_doubt=_doubt(report, Flag.NIPPLE_UNCERTAIN),
        muscle_doubt=_doubt(report, Flag.PECTORAL_UNCERTAIN),
        map=draw_map(result),
        doubts=[f"{name_of(flag)}: {FLAG_SENTENCES[flag]}" for flag in sorted(report.flags)],
    )
    return page.encode(errors="replace")


def _side(identity: ImageIdentity) -> str:
    known = [identity.laterality, identity.view, *identity.view_modifiers]
    side = " ".join(part for part in known if part != "unknown") or "side and view unknown"
    return f"{side}, {identity.frame_in_words}" if identity.frame_in_words else side


def _counts(result: Result) -> str:
    lettered = result.letters.calcifications
    single = sum(item.number in lettered and item.left_out is None for item in result.report.calcifications)
    return " · ".join([say_counts(result.report.counts), *([f"{single} single"] if single else [])])


def _card(cluster: Cluster, letter: str, result: Result) -> dict[str, Any]:
    """Give a cluster, what it is called, and its bars."""
    call, looks = cluster.distribution, cluster.morphology
    is_assessed = looks is not None and looks.label is not Morphology.NOT_ASSESSABLE
    return {
        "cluster": cluster,
        "letter": letter,
        "called": called(call.label, call.between),
        "distribution": distribution_bars(call),
        "is_assessed": is_assessed,
        "kinds": kind_bars(looks) if looks and (is_assessed or len(looks.probabilities) > 1) else None,
        "published": result.associations[cluster.number],
    }


def _confidence(name: str, confidence: float | None) -> Bar | None:
    return None if confidence is None else Bar(name, confidence)


def _doubt(report: Report, flag: Flag) -> str | None:
    return FLAG_SENTENCES[flag] if flag in report.flags else None

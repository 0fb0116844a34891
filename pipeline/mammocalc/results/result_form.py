"""Form of the document of a result: every key, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from mammocalc.model import Report
from mammocalc.model.letters import Letters
from mammocalc.results.call_forms import DISTRIBUTION
from mammocalc.results.finding_forms import CALCIFICATION, CLUSTER, COUNTS, FLAGS, VESSEL, Called
from mammocalc.results.form import SURE, TEXT, Schema, document_schema, listed, number, or_none, record
from mammocalc.results.form import Member as Key
from mammocalc.results.image_form import BREAST, IMAGE, OVERLAY, PROVENANCE, StoredImage, StoredProvenance
from mammocalc.results.result import Result
from mammocalc.results.rounding import LEVEL_DECIMALS
from mammocalc.results.schema_version import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mammocalc.model import BreastSummary, Calcification, Cluster, Counts, DistributionCall, Vessel
    from mammocalc.results.result import OverlayPlacement
    from mammocalc.vocabulary.lexicon import Flag


@dataclass(frozen=True, slots=True)
class Document:
    """A result as its document has it, key by key: findings with their letters, and their number."""

    schema_version: str
    image: StoredImage
    breast: BreastSummary
    presence: float | None
    presence_level: float | None
    counts: Counts
    calcifications: tuple[Called[Calcification], ...]
    clusters: tuple[Called[Cluster], ...]
    vessels: tuple[Called[Vessel], ...]
    distribution: DistributionCall
    overlay: OverlayPlacement | None
    flags: frozenset[Flag]
    provenance: StoredProvenance
    notice: str

    @classmethod
    def of(cls, result: Result) -> Self:
        """Lay a result out."""
        report, letters = result.report, result.letters
        return cls(
            schema_version=SCHEMA_VERSION,
            image=StoredImage(report.identity, report.spacing, report.spacing_source),
            breast=report.breast,
            presence=report.presence,
            presence_level=result.presence_level,
            counts=report.counts,
            calcifications=tuple(Called(x, letters.calcifications.get(x.number)) for x in report.calcifications),
            clusters=tuple(
                Called(x, letters.clusters[x.number], result.associations[x.number]) for x in report.clusters
            ),
            vessels=tuple(Called(x, letters.vessels[x.number]) for x in report.vessels),
            distribution=report.distribution,
            overlay=result.overlay,
            flags=report.flags,
            provenance=StoredProvenance(result.provenance, report.medium),
            notice=result.notice,
        )

    def result(self) -> Result:
        """Put the result together again."""
        report = Report(
            identity=self.image.identity,
            spacing=self.image.spacing,
            spacing_source=self.image.spacing_source,
            breast=self.breast,
            presence=self.presence,
            calcifications=tuple(called.item for called in self.calcifications),
            clusters=tuple(called.item for called in self.clusters),
            distribution=self.distribution,
            flags=self.flags,
            medium=self.provenance.medium,
            vessels=tuple(called.item for called in self.vessels),
        )
        return Result(
            report=report,
            provenance=self.provenance.made,
            overlay=self.overlay,
            presence_level=self.presence_level,
            letters=Letters(_letters(self.clusters), _letters(self.vessels), _letters(self.calcifications)),
            associations={called.item.number: called.published_association for called in self.clusters},
            notice=self.notice,
        )


def _letters(items: Iterable[Called[Any]]) -> dict[int, str]:
    """Give letters by id, in the order of rank: A to Z, then AA and so on."""
    ranked = sorted((len(called.letter), called.letter, called.item.number) for called in items if called.letter)
    return {number: letter for _, letter, number in ranked}


RESULT: Final = record(
    Document,
    Key("schema_version", TEXT),
    Key("image", IMAGE),
    Key("breast", BREAST),
    Key(
        "presence",
        or_none(SURE),
        "A score, larger for surer, that the breast holds at least one calcification of any size or origin. It depends "
        "on no threshold; null where the image was not analysed.",
    ),
    Key(
        "presence_level",
        or_none(number(LEVEL_DECIMALS).also(minimum=0.1, maximum=9.9)),
        "The same from 0 to 10, to be read and cut at: half of five more than the log odds of presence (2.5 at 0.5, 5 "
        "at 0.9933, 7.5 at 0.99995), within 0.1 and 9.9. Its log odds were learned on simulated mammograms; it is no "
        "probability.",
    ),
    Key("counts", COUNTS),
    Key("calcifications", listed(CALCIFICATION), "The reported ones."),
    Key("clusters", listed(CLUSTER), "Geometry and distribution of neighbours."),
    Key("vessels", listed(VESSEL), "Arteries with calcifications in their walls, the one with most first."),
    Key("distribution", DISTRIBUTION, "Of the image as a whole."),
    Key("overlay", OVERLAY),
    Key("flags", FLAGS, "Doubts about the image as a whole, sorted."),
    Key("provenance", PROVENANCE),
    Key("notice", TEXT, "What this result must not be used for."),
)


def make_schema() -> Schema:
    """Give the JSON Schema of a result, as ``result.schema.json`` publishes it."""
    return document_schema(
        RESULT,
        version=SCHEMA_VERSION,
        title="Result of one mammogram",
        description="Calcifications, clusters and distribution in one image. Positions are [row, column] in pixels "
        "of the stored image, lengths millimetres in the breast. There is no NaN.",
    )

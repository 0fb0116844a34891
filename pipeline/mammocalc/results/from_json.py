"""A result as it was written, read back: the inverse of `to_json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.model import (
    BreastSummary,
    Calcification,
    Candidate,
    Cluster,
    DistributionCall,
    ImageIdentity,
    MorphologyCall,
    Nipple,
    Report,
    Vessel,
)
from mammocalc.model.letters import Letters
from mammocalc.results.association import Association, CollectionShare, StudyShare
from mammocalc.results.consistency import check_counts, check_ids
from mammocalc.results.field import Field
from mammocalc.results.parse import parse_json
from mammocalc.results.result import OverlayPlacement, Provenance, Result
from mammocalc.results.schema_version import check_version, upgraded
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import (
    DESCRIPTORS,
    CalcificationSize,
    Distribution,
    Flag,
    Laterality,
    Medium,
    Morphology,
    PresentationIntent,
    SpacingSource,
    View,
    ViewModifier,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def from_json(document: Any) -> Result:
    """
    Read a result.

    ``to_json(from_json(document)) == document`` for every document that
    `to_json` gives. Keys that no result has are left alone.

    Parameters
    ----------
    document : JSON value
        As `json.loads` gives it.

    Returns
    -------
    Result
        ``report.candidates`` is empty: they have a document of their own
        (`candidates_from_json`).

    Raises
    ------
    ResultError
        If it is of a version that is not known, or not what a run writes: a
        field is missing or something else than it should be, an id is used
        twice or names nothing, or the counts are not those of what is listed.
        The sentence begins with the path of the field.

    See Also
    --------
    mammocalc.results.to_json.to_json : The inverse.
    """
    root = Field(document)
    root = Field(upgraded(document, check_version(root.at("schema_version").value)))
    report = _report(root)
    check_ids(report)
    check_counts(root.at("counts"), report)
    return Result(
        report=report,
        provenance=_provenance(root.at("provenance")),
        overlay=root.at("overlay").or_none(_overlay),
        presence_level=root.at("presence_level").or_none(Field.number),
        letters=Letters(
            clusters=_letters(root.at("clusters"), Field.text),
            vessels=_letters(root.at("vessels"), Field.text),
            calcifications=_letters(root.at("calcifications"), lambda letter: letter.or_none(Field.text)),
        ),
        associations={
            item.at("id").count(): item.at("published_association").or_none(_association)
            for item in root.at("clusters").items()
        },
        notice=root.at("notice").text(),
    )


def read_result(path: Path) -> Result:
    """
    Read the result of an image from its file.

    Parameters
    ----------
    path : Path
        ``<SOPInstanceUID>.json`` of a run.

    Returns
    -------
    Result

    Raises
    ------
    ResultError
        If it is not what a run writes, as `from_json`.
    OSError
        If it cannot be read.
    """
    return from_json(parse_json(path.read_bytes()))


def candidates_from_json(document: Any) -> tuple[Candidate, ...]:
    """
    Read what scored below the reporting threshold.

    Parameters
    ----------
    document : JSON value
        As `mammocalc.results.to_json.candidates_to_json` gives it.

    Returns
    -------
    tuple of Candidate
        In the order of the document.

    Raises
    ------
    ResultError
        As `from_json`.
    """
    root = Field(document)
    check_version(root.at("schema_version").value)
    return tuple(
        Candidate(
            frame=item.at("frame").count(),
            row_px=item.at("row").number(),
            column_px=item.at("column").number(),
            diameter_mm=item.at("diameter_mm").or_none(Field.length),
            score=item.at("score").share(),
        )
        for item in root.at("candidates").items()
    )


def _report(root: Field) -> Report:
    image = root.at("image")
    return Report(
        identity=_identity(image),
        spacing=image.at("pixel_spacing_mm").or_none(_spacing),
        spacing_source=image.at("spacing_source").word(SpacingSource),
        breast=_breast(root.at("breast")),
        presence=root.at("presence").or_none(Field.share),
        calcifications=tuple(_calcification(item) for item in root.at("calcifications").items()),
        clusters=tuple(_cluster(item) for item in root.at("clusters").items()),
        distribution=_distribution(root.at("distribution")),
        flags=_flags(root.at("flags")),
        medium=root.at("provenance").at("medium").word(Medium),
        vessels=tuple(_vessel(item) for item in root.at("vessels").items()),
    )


def _identity(image: Field) -> ImageIdentity:
    return ImageIdentity(
        sop_instance_uid=image.at("sop_instance_uid").text(),
        sop_class_uid=image.at("sop_class_uid").text(),
        series_instance_uid=image.at("series_instance_uid").text(),
        study_instance_uid=image.at("study_instance_uid").text(),
        patient_key=image.at("patient_key").or_none(Field.text),
        laterality=image.at("laterality").word(Laterality),
        view=image.at("view").word(View),
        view_modifiers=image.at("view_modifiers").words(ViewModifier),
        patient_orientation=image.at("patient_orientation").texts(),
        breast_implant_present=image.at("breast_implant_present").or_none(Field.truth),
        presentation_intent=image.at("presentation_intent").word(PresentationIntent),
        manufacturer=image.at("manufacturer").text(),
        manufacturer_model_name=image.at("manufacturer_model_name").text(),
        rows=image.at("rows").counted(),
        columns=image.at("columns").counted(),
        number_of_frames=image.at("number_of_frames").counted(),
        notes=image.at("notes").texts(),
        study_day=image.at("study_day").or_none(Field.count),
    )


def _spacing(field: Field) -> PixelSpacing:
    row_mm, column_mm = field.pair(Field.length)
    try:
        return PixelSpacing(row_mm, column_mm)
    except ValueError:
        raise field.error("a spacing must be larger than 0") from None


def _breast(field: Field) -> BreastSummary:
    return BreastSummary(
        area_mm2=field.at("area_mm2").or_none(Field.length),
        outline_px=field.at("outline").points(),
        pectoral_px=field.at("pectoral").points(),
        nipple=field.at("nipple").or_none(_nipple),
        pectoral_confidence=field.at("pectoral_confidence").or_none(Field.share),
    )


def _nipple(field: Field) -> Nipple:
    return Nipple(field.at("row").number(), field.at("column").number(), field.at("confidence").share())


def _calcification(field: Field) -> Calcification:
    return Calcification(
        number=field.at("id").count(),
        frame=field.at("frame").count(),
        row_px=field.at("row").number(),
        column_px=field.at("column").number(),
        outline_px=field.at("outline").points(),
        diameter_px=field.at("diameter_px").length(),
        diameter_mm=field.at("diameter_mm").or_none(Field.length),
        length_mm=field.at("length_mm").or_none(Field.length),
        width_mm=field.at("width_mm").or_none(Field.length),
        area_mm2=field.at("area_mm2").or_none(Field.length),
        size=field.at("size").or_none(lambda size: size.word(CalcificationSize)),
        score=field.at("score").share(),
        contrast_to_noise=field.at("contrast_to_noise").number(),
        cluster=field.at("cluster").or_none(Field.count),
        flags=_flags(field.at("flags")),
        morphology=field.at("morphology").or_none(_morphology),
        memberships=tuple(
            (item.at("cluster").count(), item.at("share").share()) for item in field.at("memberships").items()
        ),
        left_out=field.at("left_out").or_none(Field.text),
        vessel=field.at("vessel").or_none(Field.counted),
    )


def _cluster(field: Field) -> Cluster:
    return Cluster(
        number=field.at("id").count(),
        members=_members(field),
        extent_mm=field.at("extent_mm").length(),
        area_mm2=field.at("area_mm2").length(),
        density_per_cm2=field.at("density_per_cm2").length(),
        hull_px=field.at("hull").points(),
        distribution=_distribution(field.at("distribution"), loose=field.at("loose").truth()),
        morphology=field.at("morphology").or_none(_morphology),
    )


def _vessel(field: Field) -> Vessel:
    return Vessel(
        number=field.at("id").counted(),
        members=_members(field),
        course_px=field.at("course").points(),
        length_mm=field.at("length_mm").length(),
    )


def _members(field: Field) -> tuple[int, ...]:
    return tuple(item.count() for item in field.at("members").items())


def _distribution(field: Field, *, loose: bool = False) -> DistributionCall:
    return DistributionCall(
        label=field.at("label").word(Distribution),
        reasons=field.at("reasons").texts(),
        probabilities=field.at("probabilities").or_none(_shares_of_descriptors) or {},
        margin=field.at("margin").or_none(Field.share),
        between=field.at("between").words(Distribution),
        evidence={name: value.figure() for name, value in field.at("evidence").members()},
        calibrated_on=field.at("calibrated_on").or_none(Field.text),
        loose=loose,
    )


def _shares_of_descriptors(field: Field) -> dict[Distribution, float]:
    return {label: field.at(label).share() for label in DESCRIPTORS}


def _morphology(field: Field) -> MorphologyCall:
    shares = field.at("probabilities").members()
    return MorphologyCall(
        label=field.at("label").word(Morphology),
        probabilities={Field(kind, value.path).word(Morphology): value.share() for kind, value in shares},
        reasons=field.at("reasons").texts(),
        evidence={name: value.number() for name, value in field.at("evidence").members()},
        calibrated_on=field.at("calibrated_on").or_none(Field.text),
    )


def _flags(field: Field) -> frozenset[Flag]:
    return frozenset(field.words(Flag))


def _provenance(field: Field) -> Provenance:
    return Provenance(
        software=field.at("software").text(),
        version=field.at("version").text(),
        configuration_digest=field.at("configuration_digest").text(),
        operating_point=field.at("operating_point").text(),
        source_digest=field.at("source_digest").or_none(Field.text),
    )


def _overlay(field: Field) -> OverlayPlacement:
    return OverlayPlacement(field.at("path").text(), field.at("scale").length(), field.at("offset").pair(Field.number))


def _association(field: Field) -> Association:
    return Association(
        descriptor=field.at("descriptor").word(Distribution),
        malignant_share_range=field.at("malignant_share_range").pair(Field.share),
        population=field.at("population").text(),
        n=field.at("n").counted(),
        source=field.at("source").text(),
        meaning=field.at("meaning").text(),
        studies=tuple(_study(item) for item in field.at("studies").items()),
        collection=_collection(field.at("collection")),
    )


def _study(field: Field) -> StudyShare:
    return StudyShare(
        study=field.at("study").text(),
        population=field.at("population").text(),
        n=field.at("n").counted(),
        described_as=field.at("described_as").text(),
        n_described=field.at("n_described").or_none(Field.counted),
        malignant_share=field.at("malignant_share").share(),
    )


def _collection(field: Field) -> CollectionShare:
    return CollectionShare(
        name=field.at("name").text(),
        lesions=field.at("lesions").count(),
        women=field.at("women").count(),
        malignant=field.at("malignant").count(),
        malignant_share=field.at("malignant_share").or_none(Field.share),
        interval=field.at("interval").or_none(lambda interval: interval.pair(Field.share)),
        meaning=field.at("meaning").text(),
        source=field.at("source").text(),
    )


def _letters(field: Field, read: Callable[[Field], str | None]) -> dict[int, str]:
    """Give letters by id, in the order of rank: A to Z, then AA and so on."""
    letters = [(item.at("id").count(), read(item.at("letter"))) for item in field.items()]
    ranked = sorted((len(letter), letter, number) for number, letter in letters if letter is not None)
    return {number: letter for _, letter, number in ranked}

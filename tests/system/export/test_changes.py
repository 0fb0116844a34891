"""Changes against a prior in the Mammography CAD SR: what the comparison says, where it says it, and no more."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from object_points import points_of
from planted_faults import Change, coded, nodes, relate, remove
from template_checker import check_report
from validators import hold_against_validators

import mammocalc as mc
from mammocalc.cli import main
from mammocalc.results.from_json import read_result
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from report_tree import Node

Tool = Callable[..., subprocess.CompletedProcess[str]]
SHIFT_PX = (9, 0)
YEARS = ("2021", "2022")
COMPOSITE, RELATION, TEMPORALLY = "111015,DCM", "111016,DCM", "111153,DCM"
IMPRESSION, WORD, TEXT = "111034,DCM", "111023,DCM", "111033,DCM"
SIZE, NUMBER, CORRELATION = "129806009,SCT", "129810007,SCT", "133886009,SCT"
UNCHANGED, NEW, LARGER, MORE = "129723006,SCT", "129721008,SCT", "15454001,SCT", "129726003,SCT"


@pytest.fixture(scope="module")
def dates(views: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four views on two dates: the same breasts, some millimetres lower in the later images."""
    folder = tmp_path_factory.mktemp("dates")
    for year, shift in zip(YEARS, ((0, 0), SHIFT_PX), strict=True):
        (folder / year).mkdir()
        for path in sorted(views.glob("*.dcm")):
            ds = pydicom.dcmread(path)
            ds.StudyDate = ds.ContentDate = f"{year}0305"
            for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
                setattr(ds, keyword, f"{ds[keyword].value[:58]}.{year}")
            ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
            ds.PixelData = np.roll(ds.pixel_array, shift, (0, 1)).tobytes()
            ds.save_as(folder / year / path.name)
    return folder


@pytest.fixture(scope="module")
def run(dates: Path, tmp_path_factory: pytest.TempPathFactory, judge: Callable[..., object]) -> Path:
    """The run of both dates."""
    out = tmp_path_factory.mktemp("dates") / "run"
    judge(dates, out)
    return out


@pytest.fixture(scope="module")
def compared(run: Path, dates: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was said of the two; tests that change it work on copies."""
    out = tmp_path_factory.mktemp("compared") / "out"
    mc.compare(run, out=out, images=dates)
    return out


@pytest.fixture(scope="module")
def objects(run: Path, dates: Path, compared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("objects") / "out"
    summary = mc.export(run, dates, out, to="cad-sr,gsps,sr-1500", comparison=compared)
    assert summary.left_out == ()
    return out


@pytest.fixture
def said(compared: Path, tmp_path: Path) -> Path:
    """A comparison of one's own."""
    return Path(shutil.copytree(compared, tmp_path / "said"))


@pytest.fixture
def objects_with(run: Path, dates: Path, said: Path, tmp_path: Path) -> Callable[..., Path]:
    """Export after every document of the comparison was changed; nothing may be left out."""

    def objects_with(change: Callable[[dict[str, Any]], None], to: str) -> Path:
        for path in documents(said):
            document = json.loads(path.read_bytes())
            change(document)
            path.write_text(json.dumps(document), encoding="utf-8")
        summary = mc.export(run, dates, tmp_path / "objects", to=to, comparison=said)
        assert summary.left_out == ()
        return tmp_path / "objects"

    return objects_with


@pytest.fixture
def report_with(objects_with: Callable[..., Path], dates: Path) -> Callable[..., Dataset]:
    """Give the report of the later date likewise."""

    def report_with(change: Callable[[dict[str, Any]], None]) -> Dataset:
        report = report_of(objects_with(change, "cad-sr"))
        assert problems_of(report, dates) == []
        return report

    return report_with


def documents(folder: Path) -> list[Path]:
    return sorted((folder / "comparisons").rglob("*.json"))


def report_of(objects: Path, year: str = YEARS[1], kind: str = "cad-sr") -> Dataset:
    """Give the report of a date."""
    found = map(pydicom.dcmread, objects.glob(f"*/{kind}/*.dcm"))
    return next(report for report in found if report.StudyDate.startswith(year))


def problems_of(report: Dataset, dates: Path) -> list[str]:
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in dates.rglob("*.dcm")]
    checked = check_report(report, {str(header.SOPInstanceUID): header for header in headers})
    assert not any("6002" in word or "6037" in word or "same concept" in word for word in checked.unchecked)
    return checked.problems


def temporal(report: Dataset) -> list[Node]:
    """Give the features of two dates."""
    return [
        node
        for node in nodes(report, COMPOSITE)
        if any(child.concept == RELATION and child.value == TEMPORALLY for child in node.children)
    ]


def texts(report: Dataset) -> str:
    return " ".join(str(node.dataset.TextValue) for node in nodes(report, TEXT))


def findings_below(node: Node) -> list[Node]:
    return [child for child in node.children if child.concept == "111059,DCM"]


def words_of(report: Dataset) -> Counter[str]:
    return Counter(node.value for node in nodes(report, WORD))


def test_what_is_on_both_dates_is_one_feature_and_the_words_are_those_of_the_comparison(
    objects: Path, compared: Path, run: Path, dates: Path
) -> None:
    report = report_of(objects)
    assert problems_of(report, dates) == []
    found = [json.loads(path.read_bytes()) for path in documents(compared)]
    assert any(document["registration"]["is_comparable"] for document in found)
    clusters = [item for document in found for item in document["clusters"] if item["cluster"] is not None]
    on_both = [item for item in clusters if item["change"] in {"matched", "grown", "smaller"}]
    features = temporal(report)
    assert len(on_both) > 0
    assert sum(node.value == "129769006,SCT" for node in features) == len(on_both)
    for node in features:
        now, *before = findings_below(node)
        years = [year_of(report, finding) for finding in (now, *before)]
        assert years == [YEARS[1], *[YEARS[0]] * len(before)]
        assert before
    assert all(len(texts(report).split(item["reasons"][0][1:])) > 1 for item in clusters)
    assert "Unchanged is not benign" in texts(report)
    assert temporal(report_of(objects, YEARS[0])) == []  # of the first date nothing is earlier


def year_of(report: Dataset, finding: Node) -> str:
    """Give the year of the image of a finding, by the study date in the image library."""
    [place] = [child for child in finding.children if child.concept == "111010,DCM"]
    root = nodes(report, "111036,DCM")[0]
    image = next(node for node in root if node.position == place.children[0].target)
    return next(str(child.dataset.Date)[:4] for child in image.children if child.concept == "111060,DCM")


def test_priors_are_in_the_library_and_evidence_and_their_marks_lie_where_their_results_have_them(
    objects: Path, run: Path
) -> None:
    report = report_of(objects)
    [study] = report.PertinentOtherEvidenceSequence
    assert study.StudyInstanceUID.endswith(YEARS[0])
    referred = [str(item.ReferencedSOPInstanceUID) for one in study.ReferencedSeriesSequence
                for item in one.ReferencedSOPSequence]  # fmt: skip
    assert len(set(referred)) == len(referred) == 4
    results = {uid: read_result(run / "results" / f"{uid}.json").report for uid in referred}
    marks = {uid: places for uid, places in points_of(report).items() if uid in results}
    assert marks
    for uid, places in marks.items():
        by_number = {item.number: (item.row_px, item.column_px) for item in results[uid].calcifications}
        for number, place in places.items():
            assert place == pytest.approx(by_number[number], abs=0.01)
    [earlier] = nodes(report_of(objects, YEARS[0]), "111028,DCM")
    assert len(earlier.children) == 4


def test_a_difference_is_that_of_the_numbers_to_which_it_refers(objects: Path) -> None:
    report = report_of(objects)
    by_place = {node.position: node for node in nodes(report, "111036,DCM")[0]}
    differences = [node for name in (SIZE, NUMBER) for node in nodes(report, name)]
    assert differences
    for node in differences:
        now, before = (by_place[child.target].number for child in node.children if child.target)
        assert None not in {now, before, node.number}
        assert node.number == pytest.approx(float(now or 0) - float(before or 0), abs=1e-6)


def test_the_marks_of_a_prior_have_the_names_that_its_own_report_gives_them(objects: Path) -> None:
    def tracked(report: Dataset) -> set[str]:
        return {str(node.dataset.UID) for node in nodes(report, "112040,DCM")}

    of_priors = {
        str(child.dataset.UID)
        for node in temporal(report_of(objects))
        for finding in findings_below(node)[1:]
        for child in finding.children
        if child.concept == "112040,DCM"
    }
    assert of_priors
    assert of_priors <= tracked(report_of(objects, YEARS[0]))


def test_validators_have_nothing_to_say(objects: Path, dates: Path, tool: Tool) -> None:
    hold_against_validators(objects, dates, tool)


def of_current(objects: Path, kind: str) -> list[Dataset]:
    """Give the presentation states of the later date, in the order of their images."""
    found = map(pydicom.dcmread, objects.glob(f"*/{kind}/*.dcm"))
    return sorted((one for one in found if one.StudyDate.startswith(YEARS[1])), key=image_of)


def image_of(state: Dataset) -> str:
    return str(state.ReferencedSeriesSequence[0].ReferencedImageSequence[0].ReferencedSOPInstanceUID)


def by_image(compared: Path) -> dict[str, dict[str, Any]]:
    found = [json.loads(path.read_bytes()) for path in documents(compared)]
    return {document["current"]["sop_instance_uid"]: document for document in found}


def marked(state: Dataset, layer: str, what: str) -> list[Dataset]:
    return [
        item for one in state.GraphicAnnotationSequence if one.GraphicLayer == layer for item in one.get(what) or []
    ]


def since_of(state: Dataset) -> str:
    """Give what the presentation state says above the image, its lines joined."""
    _, since = (str(item.UnformattedTextValue) for item in marked(state, "NOTICE", "TextObjectSequence"))
    assert max(map(len, since.split("\r\n"))) <= 100
    return since.replace("\r\n", " ")


def group_of(report: Dataset, identifier: str, image: str) -> Node:
    """Find the measurement group of a finding of an image."""
    return next(
        node
        for node in nodes(report, "125007,DCM")
        if any(child.dataset.get("TextValue") == identifier for child in node.children)
        and any(
            str(below.dataset.ReferencedSOPSequence[0].ReferencedSOPInstanceUID) == image
            for child in node.children
            for below in child.children
            if below.value_type == "IMAGE"
        )
    )


def test_measurements_have_the_words_of_the_comparison_and_its_codes(objects: Path, compared: Path) -> None:
    report = report_of(objects, kind="sr-1500")
    coded = {"matched": UNCHANGED, "grown": LARGER, "smaller": "19776001,SCT", "new": NEW}
    told = 0
    for image, document in by_image(compared).items():
        for kind, entries in (("cluster", document["clusters"]), ("calcification", document["calcifications"])):
            for item in entries:
                if item[kind] is None:
                    continue
                group = group_of(report, f"{kind} {item[kind]}", image)
                [text] = [child.dataset.TextValue for child in group.children if child.concept == TEXT]
                assert item["change"].replace("_", " ") in text.lower()
                assert ("Unchanged is not benign" in text) == (item["change"] in {"matched", "smaller"})
                if kind == "calcification":
                    found = [child.value for child in group.children if child.concept == WORD]
                    assert found == [code for word, code in coded.items() if word == item["change"]]
                told += 1
    assert told > 20
    [whole] = nodes(report, "C0034375,UMLS")
    assert "compared with the prior image, 365 days earlier" in whole.children[0].dataset.TextValue
    assert nodes(report_of(objects, YEARS[0], "sr-1500"), "C0034375,UMLS") == []


def test_presentation_states_say_what_became_of_what_they_name(objects: Path, compared: Path, run: Path) -> None:
    found = by_image(compared)
    for state in of_current(objects, "gsps"):
        document, result = found[image_of(state)], read_result(run / "results" / f"{image_of(state)}.json")
        texts = [str(item.UnformattedTextValue) for item in marked(state, "LABELS", "TextObjectSequence")]
        for item in document["clusters"]:
            if item["cluster"] is not None:
                letter, word = result.letters.clusters[item["cluster"]], item["change"].replace("_", " ")
                assert any(f"{letter}:" in text and text.endswith(f", {word}") for text in texts)
        for item in document["calcifications"]:
            named = result.letters.calcifications.get(item["calcification"])
            if named is not None and not any(text.startswith(f"{named}: ") for text in texts):
                assert item["change"] == "matched"
        since = since_of(state)
        for what in ("clusters", "calcifications"):
            assert (f"{what}: " in since) == bool(document[what])
        assert since.startswith("Since the image 365 days earlier: ")
        gone = [item for item in document["calcifications"] if item["change"] == "gone" and item["place"]]
        assert len(marked(state, "GONE", "GraphicObjectSequence")) == len(gone)


def test_what_is_gone_is_marked_where_it_should_lie_and_named_as_in_its_own_study(
    objects_with: Callable[..., Path], objects: Path
) -> None:
    def change(document: dict[str, Any]) -> None:
        join_all(document)
        if not document["clusters"]:
            return
        first = next(item for item in document["calcifications"] if item["prior_calcification"] is not None)
        lost = {**first, "calcification": None, "change": "gone", "place": [100.0, 50.25], "diameter_mm": None}
        first |= {"prior_calcification": None, "prior_diameter_mm": None, "prior_cluster": None, "change": "new"}
        document["calcifications"].append(lost)
        document["clusters"].append({**document["clusters"][0], "cluster": None, "change": "gone", "reasons": ["x"]})

    out = objects_with(change, "gsps,sr-1500")
    before = {str(node.dataset.UID) for node in nodes(report_of(objects, YEARS[0]), "112040,DCM")}
    states = [state for state in of_current(out, "gsps") if marked(state, "CLUSTERS", "GraphicObjectSequence")]
    for state in states:
        [square] = marked(state, "GONE", "GraphicObjectSequence")
        assert np.mean(np.reshape(square.GraphicData[:-2], (-1, 2)), axis=0) == pytest.approx([50.75, 100.5], abs=1e-4)
        assert square.TrackingUID in before
        assert "GONE" in [layer.GraphicLayer for layer in state.GraphicLayerSequence]
        assert "1 gone" in since_of(state)
    assert states
    [whole] = nodes(report_of(out, kind="sr-1500"), "C0034375,UMLS")
    assert "of the prior alone" in whole.children[0].dataset.TextValue


def test_marks_of_a_pair_of_which_nothing_can_be_said_have_no_words(objects_with: Callable[..., Path]) -> None:
    def change(document: dict[str, Any]) -> None:
        give("not_comparable")(document)
        for item in document["calcifications"]:
            item["change"] = "not_comparable"

    notices = []
    for state in of_current(objects_with(change, "gsps"), "gsps"):
        notices.append(since_of(state))
        labels = marked(state, "LABELS", "TextObjectSequence")
        assert not any("comparable" in str(item.UnformattedTextValue) for item in labels)
    said = {notice.partition(": ")[2] for notice in notices}
    assert said == {"nothing can be said of any calcification.", "nothing on either date."}


def give(word: str, **more: Any) -> Callable[[dict[str, Any]], None]:
    """Make the word of every cluster of the current image another, its members joined to those of the same number."""

    def change(document: dict[str, Any]) -> None:
        join_all(document)
        for item in document["clusters"]:
            if item["cluster"] is not None:
                item["change"] = word
                item.update(more)

    return change


def join_all(document: dict[str, Any]) -> None:
    """Join each calcification to that of the same number, and each cluster: both dates are one picture."""
    alone = {item["prior_calcification"]: item for item in document["calcifications"] if item["calcification"] is None}
    for item in document["calcifications"]:
        if item["calcification"] in alone and item["prior_calcification"] is None:
            other = alone.pop(item["calcification"])
            item["change"] = "matched"
            item |= {key: other[key] for key in ("prior_calcification", "prior_diameter_mm", "prior_cluster")}
    kept = [item for item in document["calcifications"] if item["calcification"] is not None]
    document["calcifications"] = [*kept, *alone.values()]
    document["clusters"] = [item for item in document["clusters"] if item["cluster"] is not None]
    for item in document["clusters"]:
        item["prior_clusters"] = [item["cluster"]]
        item["joined"] = item["prior_members"] = item["members"]


@pytest.mark.parametrize(
    ("word", "more", "code"),
    [
        ("matched", {}, UNCHANGED),
        ("grown", {}, LARGER),
        ("smaller", {}, "19776001,SCT"),
        ("grown", {"prior_members": 1}, MORE),
        ("smaller", {"prior_members": 60}, "129727007,SCT"),
        ("new", {"prior_clusters": [], "joined": 0, "prior_members": 0}, NEW),
    ],
)
def test_each_word_of_a_cluster_has_its_code(
    word: str, more: dict[str, Any], code: str, report_with: Callable[..., Dataset]
) -> None:
    report = report_with(give(word, **more))
    coded_at = [node for node in nodes(report, WORD) if node.value == code]
    impressions = [node.parent for node in coded_at if node.parent is not None]
    clusters = [node for node in impressions if any(child.value == "129769006,SCT" for child in node.children)]
    assert len(clusters) == 1  # both views of the finding say the same
    assert (TEMPORALLY in {one.value for node in clusters for one in node}) is (word != "new")


def test_views_of_a_finding_that_disagree_are_given_no_code_and_both_words(
    report_with: Callable[..., Dataset],
) -> None:
    def change(document: dict[str, Any]) -> None:
        give("grown" if document["current"]["view"] == "CC" else "not_comparable")(document)

    report = report_with(change)
    assert not {LARGER, MORE} & set(words_of(report))
    assert "R CC, cluster A: grown" in texts(report)
    assert "R MLO, cluster A: not comparable" in texts(report)


def test_what_is_new_perhaps_or_gone_is_said_in_words_alone(report_with: Callable[..., Dataset]) -> None:
    def change(document: dict[str, Any]) -> None:
        give("new_faint")(document)
        for item in document["calcifications"]:
            item["change"] = "new_faint"
        if document["clusters"]:
            gone = {**document["clusters"][0], "cluster": None, "change": "gone", "reasons": ["nothing like it"]}
            document["clusters"].append(gone)

    report = report_with(change)
    assert temporal(report) == []
    assert words_of(report) == Counter()
    assert "new faint. Not reported on the prior" in texts(report)
    assert "of the prior alone" in texts(report)
    assert "gone. Nothing like it." in texts(report)


def test_pairs_of_which_nothing_can_be_said_are_failed_analyses(report_with: Callable[..., Dataset]) -> None:
    def change(document: dict[str, Any]) -> None:
        give("not_comparable")(document)
        for item in document["calcifications"]:
            item["change"] = "not_comparable"

    report = report_with(change)
    assert temporal(report) == []
    [failed] = nodes(report, "111024,DCM")
    assert {child.value for child in failed.children} == {CORRELATION}
    [summary] = nodes(report, "111017,DCM")
    assert summary.value == "111244,DCM"
    assert "Nothing can be said of any calcification" in texts(report)


def reasons(summary: Any) -> str:
    return "\n".join(map(str, summary.left_out))


def test_what_cannot_be_used_of_a_comparison_is_named_and_the_report_is_written_without(
    run: Path, dates: Path, said: Path, tmp_path: Path
) -> None:
    first, second, third, fourth = documents(said)
    first.write_text("{", encoding="utf-8")
    for path, side in ((second, "current"), (third, "prior")):
        document = json.loads(path.read_bytes())
        document[side]["configuration_digest"] = "another"
        path.write_text(json.dumps(document), encoding="utf-8")
    images = Path(shutil.copytree(dates, tmp_path / "images"))
    uid = json.loads(fourth.read_bytes())["prior"]["sop_instance_uid"]
    [prior] = [path for path in images.rglob("*.dcm") if pydicom.dcmread(path).SOPInstanceUID == uid]
    prior.unlink()
    summary = mc.export(run, images, tmp_path / "objects", to="cad-sr", comparison=said)
    told = reasons(summary)
    assert "a document of the comparison cannot be used" in told
    assert "the comparison is of another result of this image" in told
    assert "the comparison is of another result of its prior" in told
    assert "its changes since the prior: no file under --images has this image's UID" in told
    report = report_of(tmp_path / "objects")
    assert temporal(report) == []
    assert "PertinentOtherEvidenceSequence" not in report


def test_a_prior_of_another_patient_is_not_referred_to(
    dates: Path, judge: Callable[..., object], tmp_path: Path
) -> None:
    images = tmp_path / "images"
    for year in YEARS:
        (images / year).mkdir(parents=True)
        ds = pydicom.dcmread(dates / year / "R_CC.dcm")
        ds.PatientID = "ANOTHER" if year == YEARS[0] else "ONE"
        ds.save_as(images / year / "R_CC.dcm")
    judge(images, tmp_path / "run")
    rows = [read_result(path).report.identity for path in (tmp_path / "run" / "results").glob("*.json")]
    now, before = (next(r for r in rows if r.sop_instance_uid.endswith(y)) for y in YEARS[::-1])
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(f"current,prior\n{now.sop_instance_uid},{before.sop_instance_uid}\n", encoding="utf-8")
    mc.compare(tmp_path / "run", out=tmp_path / "compared", pairs=pairs)
    summary = mc.export(tmp_path / "run", images, tmp_path / "out", to="cad-sr", comparison=tmp_path / "compared")
    assert "its prior names a different patient" in reasons(summary)
    assert "ANOTHER" not in reasons(summary)
    assert "PertinentOtherEvidenceSequence" not in report_of(tmp_path / "out")


def test_priors_of_another_run_are_found_there(
    dates: Path, judge: Callable[..., object], objects: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for year in YEARS:
        judge(dates / year, tmp_path / year)
    current, prior = tmp_path / YEARS[1], tmp_path / YEARS[0]
    mc.compare(current, prior, out=tmp_path / "compared", images=dates)
    call = [
        "export",
        str(current),
        "--images",
        str(dates),
        "--to",
        "cad-sr",
        "--comparison",
        str(tmp_path / "compared"),
    ]
    assert main([*call, "--out", str(tmp_path / "without")]) == 1
    assert "name that with --prior-run" in capsys.readouterr().err
    assert main([*call, "--out", str(tmp_path / "other"), "--prior-run", str(current)]) == 2
    assert "holds no prior that the comparison names" in capsys.readouterr().err
    assert main([*call, "--out", str(tmp_path / "with"), "--prior-run", str(prior)]) == 0
    report = report_of(tmp_path / "with")
    assert problems_of(report, dates) == []
    assert len(temporal(report)) == len(temporal(report_of(objects)))


def test_calls_that_cannot_mean_anything_are_refused(run: Path, dates: Path, said: Path, tmp_path: Path) -> None:
    def refused(**given: Any) -> str:
        with pytest.raises(UsageError) as caught:
            mc.export(run, dates, tmp_path / "none", **{"to": "cad-sr", **given})
        return str(caught.value)

    assert "holds no comparison" in refused(comparison=run)
    assert "Add cad-sr, gsps or sr-1500" in refused(comparison=said, to="capture,seg")
    assert "prior_run is of use with comparison alone" in refused(prior_run=run)
    assert "holds no run" in refused(comparison=said, prior_run=said)
    mc.export(run, dates, tmp_path / "none", to="cad-sr", comparison=said)
    assert "would tell them no more. Give comparison" in refused()
    mc.export(run, dates, tmp_path / "none", to="capture")  # which tell no changes
    assert "would tell them no more" in refused()
    record = json.loads((said / "comparison.json").read_bytes())
    (said / "comparison.json").write_text(json.dumps({**record, "state": "stopped"}), encoding="utf-8")
    assert "has not ended" in refused(comparison=said)
    (said / "comparison.json").write_text(json.dumps(record), encoding="utf-8")
    shutil.rmtree(said / "comparisons")
    assert "speaks of no image of this run" in refused(comparison=said)


def of_cluster(report: Dataset) -> Node:
    return next(node for node in temporal(report) if node.value == "129769006,SCT")


def difference(report: Dataset) -> Node:
    return next(iter([*nodes(report, SIZE), *nodes(report, NUMBER)]))


def spatially(report: Dataset) -> None:
    for node in temporal(report):
        for child in node.children:
            if child.concept == RELATION:
                child.dataset.ConceptCodeSequence = [coded("111154,DCM")]


def one_reference(report: Dataset) -> None:
    node = difference(report)
    node.dataset.ContentSequence = [node.dataset.ContentSequence[0]]


def unlike_references(report: Dataset) -> None:
    node = difference(report)
    other = next(one for one in nodes(report, "42798000,SCT"))
    node.dataset.ContentSequence[1].ReferencedContentItemIdentifier = list(other.position)


def of_one_finding(report: Dataset) -> None:
    for _ in findings_below(of_cluster(report))[1:]:
        remove(findings_below(of_cluster(report))[-1])


def without_evidence(report: Dataset) -> None:
    del report.PertinentOtherEvidenceSequence


FAULTS: dict[str, Change] = {
    "a difference of what is related spatially": spatially,
    "a difference of one number": one_reference,
    "a difference of two kinds of numbers": unlike_references,
    "a feature of one finding": of_one_finding,
    "priors that are in no evidence": without_evidence,
    "a word of another group": lambda r: setattr(
        nodes(r, WORD)[0].dataset, "ConceptCodeSequence", [coded("129766004,SCT")]
    ),
    "a word that is a property": lambda r: relate(nodes(r, WORD)[0], "HAS PROPERTIES"),
    "an impression that nobody wrote": lambda r: remove(
        next(one for one in nodes(r, IMPRESSION)[0].children if one.concept == "111003,DCM")
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_is_planted_is_found(name: str, objects: Path, dates: Path) -> None:
    report = deepcopy(report_of(objects))
    FAULTS[name](report)
    assert problems_of(report, dates) != []


def test_equal_calls_give_equal_bytes(run: Path, dates: Path, compared: Path, objects: Path, tmp_path: Path) -> None:
    def bytes_of(folder: Path) -> Iterator[tuple[str, bytes]]:
        return ((path.name, path.read_bytes()) for path in sorted(folder.rglob("*.dcm")))

    mc.export(run, dates, tmp_path / "again", to="cad-sr,gsps,sr-1500", comparison=compared)
    assert [*bytes_of(tmp_path / "again")] == [*bytes_of(objects)]

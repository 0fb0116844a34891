from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.model import MorphologyCall
from mammocalc.model.letters import letters_of
from mammocalc.rendering.details import render_details
from mammocalc.rendering.palette import APPEARANCES, css_colour, svg_path
from mammocalc.results.from_json import from_json
from mammocalc.results.layout import details_path
from mammocalc.results.result import OverlayPlacement, Provenance, Result
from mammocalc.results.to_json import to_json
from mammocalc.vocabulary.lexicon import DESCRIPTORS, NOTICE, Distribution, Flag, Morphology

if TYPE_CHECKING:
    from collections.abc import Callable

PROVENANCE = Provenance("mammocalc", "0.1.0", "0123456789abcdef", "default")
POINTS = ((500.0, 300.0), (520.0, 310.0), (510.0, 330.0))
OTHERS = ((800.0, 200.0), (820.0, 210.0), (810.0, 230.0), (815.0, 215.0))
HOSTILE = "</style></script><script>alert(1)</script>\"'&"


def page_of(report: Any, placement: OverlayPlacement | None = None) -> str:
    document = to_json(Result.of(report, PROVENANCE, placement))
    return render_details(from_json(document), "results/ab/1.2.json").decode()


def words_of(page: str) -> str:
    """Give what is read, without style and script."""
    body = re.sub(r"<(style|script|svg).*?</\1>", " ", page, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return " ".join(text.split())


def section_of(page: str, title: str) -> str:
    return page.split(f"<h2>{title}</h2>")[1].split("<h2>", maxsplit=1)[0]


def test_the_five_probabilities_stand_as_bars_and_as_text_in_the_looks_of_the_overlay(
    make_example: Callable[..., Any],
) -> None:
    example = make_example(((Distribution.GROUPED, POINTS),), label=Distribution.GROUPED)
    part = section_of(page_of(example.report), "Distribution of the image")
    assert re.findall(r'class="value">([^<]+)<', part) == ["10 %", "10 %", "60 %", "10 %", "10 %"]
    widths = re.findall(r'<rect width="([\d.]+)" height="8" fill="(#\w+)"/>', part)
    assert widths == [
        ("60.0" if label is Distribution.GROUPED else "10.0", css_colour(APPEARANCES[label].colour))
        for label in DESCRIPTORS
    ]
    for label in DESCRIPTORS:
        assert f'd="{svg_path(APPEARANCES[label].symbol)}" fill="{css_colour(APPEARANCES[label].colour)}"' in part
    words = words_of(part)
    assert "margin 50 %" in words
    assert "calibrated on simulated images" in words
    assert "The members lie as grouped calcifications do." in words
    assert "The largest distance between two is 8.3 mm." in words


def test_an_indeterminate_image_and_cluster_name_their_two_candidates(make_example: Callable[..., Any]) -> None:
    example = make_example(((Distribution.INDETERMINATE, POINTS),), label=Distribution.INDETERMINATE)
    page = page_of(example.report)
    assert words_of(page).count("indeterminate: linear or segmental") == 3  # title, image and cluster
    assert page.count('class="chosen"') == 6  # both candidates twice, the nipple and the muscle
    assert "No published evidence is given" in words_of(page)


def test_an_image_to_which_no_descriptor_applies_has_reasons_and_no_bars(make_example: Callable[..., Any]) -> None:
    part = section_of(page_of(make_example().report), "Distribution of the image")
    assert words_of(part) == "Fewer microcalcifications than any descriptor needs."


def test_clusters_bear_the_letters_of_the_overlay_and_stand_in_their_order(make_example: Callable[..., Any]) -> None:
    clusters = ((Distribution.REGIONAL, POINTS), (Distribution.LINEAR, OTHERS))
    example = make_example(clusters, label=Distribution.REGIONAL)
    assert letters_of(example.report).clusters == {1: "A", 2: "B"}
    assert re.findall(r'class="key">(\w+)<', page_of(example.report)) == ["A", "B"]
    example = make_example(clusters, label=Distribution.LINEAR)
    part = section_of(page_of(example.report), "Clusters")
    assert [words_of(item) for item in re.findall(r"<h3>.*?</h3>", part)] == ["A linear", "B regional"]


def test_morphology_is_a_candidate_with_its_shares_and_reasons(make_example: Callable[..., Any]) -> None:
    report = make_example(((Distribution.GROUPED, POINTS), (Distribution.GROUPED, OTHERS))).report
    looks = MorphologyCall(Morphology.FINE_LINEAR, {Morphology.FINE_LINEAR: 0.7, Morphology.PUNCTATE: 0.3}, ("casts",))
    none = MorphologyCall(Morphology.NOT_ASSESSABLE, {Morphology.NOT_ASSESSABLE: 1.0}, ("1 of 4 has a shape",))
    first, second = report.clusters
    report = replace(report, clusters=(replace(first, morphology=looks), replace(second, morphology=none)))
    words = words_of(page_of(report))
    assert "Morphology: looks fine linear fine linear 70 % punctate 30 %" in words
    assert "nothing calibrated them casts" in words
    assert "Morphology: not assessable 1 of 4 has a shape" in words


def test_published_evidence_belongs_to_clusters_and_says_what_it_is_not(make_example: Callable[..., Any]) -> None:
    example = make_example(((Distribution.SEGMENTAL, POINTS),), label=Distribution.SEGMENTAL)
    page = page_of(example.report)
    document = to_json(Result.of(example.report, PROVENANCE))
    association = document["clusters"][0]["published_association"]
    card = words_of(section_of(page, "Clusters")).replace("\N{NO-BREAK SPACE}", " ")
    assert "42 to 76.5 % malignant in 4 published series" in card
    assert f"n = {association['n']:,}" in card
    assert "not a predictive value" in card
    assert association["meaning"] in card
    for study in association["studies"]:
        assert study["study"] in card
        assert study["population"] in card
    for source in association["source"].split("; "):
        assert source in card
    assert "share within an enriched collection" in card
    elsewhere = page.replace(section_of(page, "Clusters"), "")
    assert "malignant" not in elsewhere


def test_what_is_left_out_is_listed_by_kind_with_why(make_example: Callable[..., Any]) -> None:
    report = make_example(singles=((500.0, 300.0, 4.0), (600.0, 300.0, 4.0), (700.0, 200.0, 15.0))).report
    artery = {"left_out": "vascular: lies on a chain", "flags": frozenset({Flag.VASCULAR})}
    rim = MorphologyCall(Morphology.RIM, {Morphology.RIM: 0.9, Morphology.NOT_ASSESSABLE: 0.1}, ("hollow",))
    first, second, third = report.calcifications
    found = (replace(first, **artery), replace(second, **artery), replace(third, morphology=rim, left_out="rim (90 %)"))
    page = page_of(replace(report, calcifications=found))
    part = words_of(section_of(page, "Listed, and left out of the distribution"))
    assert part == "2 vascular: B C 2 × vascular: lies on a chain 1 rim: A rim (90 %)"
    assert "alone" not in words_of(page.split("</header>")[0])
    other = replace(second, **artery | {"left_out": "vascular: in a tube"})
    part = words_of(
        section_of(
            page_of(replace(report, calcifications=(found[0], other))), "Listed, and left out of the distribution"
        )
    )
    assert part == "2 vascular: A B A: vascular: lies on a chain B: vascular: in a tube"
    nothing = section_of(page_of(report), "Listed, and left out of the distribution")
    assert words_of(nothing) == "Nothing was left out."


def test_an_artery_is_one_finding_under_its_letter(
    make_example: Callable[..., Any], put_in_vessel: Callable[..., Any]
) -> None:
    singles = ((500.0, 300.0, 4.0), (600.0, 300.0, 4.0), (700.0, 200.0, 15.0))
    report = make_example(singles=singles).report
    assert "Arteries" not in page_of(report)
    report = put_in_vessel(report, 0, 1)
    found = (*(replace(item, left_out="vascular: on a chain") for item in report.calcifications[:2]),)
    page = page_of(replace(report, calcifications=(*found, report.calcifications[2])))
    assert words_of(section_of(page, "Arteries")) == "V1 vascular 2 calcifications · 10.0 mm along"
    left_out = words_of(section_of(page, "Listed, and left out of the distribution"))
    assert left_out == "2 vascular: V1 2 × vascular: on a chain"
    assert "1 vessel" in words_of(page.split("</header>")[0])
    assert ">V1</text>" in page
    assert "arteries: V1" in page


def test_nipple_and_pectoral_muscle_say_how_far_they_are_to_be_trusted(make_example: Callable[..., Any]) -> None:
    report = make_example().report
    part = words_of(section_of(page_of(report), "Nipple and pectoral muscle"))
    assert part.startswith("nipple 90 %")
    assert "muscle 80 %" in part
    doubtful = replace(
        report,
        breast=replace(report.breast, nipple=None, pectoral_px=(), pectoral_confidence=None),
        flags=frozenset({Flag.NIPPLE_UNCERTAIN, Flag.PECTORAL_UNCERTAIN}),
    )
    page = page_of(doubtful)
    part = words_of(section_of(page, "Nipple and pectoral muscle"))
    assert "Nipple: not found." in part
    assert "Pectoral muscle: none seen." in part
    assert part.count("not found with enough confidence") == 2
    assert words_of(section_of(page, "Doubts about the image")).count("not found with enough confidence") == 2


def test_an_image_without_spacing_or_outline_has_a_page_as_well(make_example: Callable[..., Any]) -> None:
    example = make_example(singles=((500.0, 300.0, 4.0),), spacing=None, outline=False)
    page = page_of(example.report)
    assert "1 calcification of unknown size · 0 clusters · 1 single" in words_of(page)
    assert 'class="map"' not in page


def test_picture_and_result_are_linked_from_where_the_page_lies(make_example: Callable[..., Any]) -> None:
    assert details_path("results/1.2.json") == "details/1.2.html"
    report = make_example().report
    page = page_of(report, OverlayPlacement("overlays/ab/1.2.jpg", 1.0, (0.0, 0.0)))
    assert re.findall(r'(?:href|src)="([^"]*)"', page) == [
        "../../overlays/ab/1.2.jpg",
        "../../overlays/ab/1.2.jpg",
        "../../results/ab/1.2.json",
    ]
    assert "<img" not in page_of(report)
    assert NOTICE in words_of(page)


def test_no_word_of_a_page_is_a_category_or_advice(make_example: Callable[..., Any]) -> None:
    example = make_example(tuple((label, POINTS) for label in DESCRIPTORS), label=Distribution.DIFFUSE)
    words = words_of(page_of(example.report)).casefold()
    for word in ("benign", "category", "biopsy is", "recommend", "follow-up", "suspicious for"):
        assert word not in words


@pytest.mark.parametrize("place", ["reason", "point", "left_out", "version"])
def test_hostile_text_never_becomes_markup(make_example: Callable[..., Any], place: str) -> None:
    report = make_example(singles=((500.0, 300.0, 4.0),)).report
    document = to_json(Result.of(report, PROVENANCE))
    if place == "reason":
        document["distribution"]["reasons"].append(HOSTILE)
    elif place == "left_out":
        document["calcifications"][0]["left_out"] = HOSTILE
        document["counts"]["left_out"] = 1
    elif place == "point":
        document["provenance"]["operating_point"] = HOSTILE
    else:
        document["provenance"]["version"] = HOSTILE
    page = render_details(from_json(document), "results/1.2.json").decode()
    assert HOSTILE not in page
    assert HOSTILE in html.unescape(page)
    assert page.count("<script") == 1
    assert page.count("</style>") == 1


def test_equal_results_give_equal_bytes(make_example: Callable[..., Any]) -> None:
    pages = {page_of(make_example(((Distribution.GROUPED, POINTS),)).report) for _ in range(2)}
    assert len(pages) == 1

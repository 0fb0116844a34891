"""The page of a study says what its document says, and takes no text for markup."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.analysis.study import join_study
from mammocalc.model import Nipple
from mammocalc.rendering.study import render_study
from mammocalc.results.result import Provenance, Result
from mammocalc.results.study import Study
from mammocalc.vocabulary.lexicon import Distribution, Flag, Laterality, View

if TYPE_CHECKING:
    from collections.abc import Callable

    from mammocalc.model import Report

GROUP = ((500.0, 300.0), (508.0, 312.0), (515.0, 303.0), (504.0, 320.0), (518.0, 316.0), (510.0, 328.0))
HOSTILE = "</p><script>alert(1)</script>"


@pytest.fixture
def page_of(make_example: Callable[..., Any]) -> Callable[..., str]:
    def draw(*views: View, change: Callable[[Report], Report] = lambda report: report) -> str:
        results, reports = {}, {}
        for number, view in enumerate(views, start=1):
            uid = f"1.{number}"
            groups = () if view is View.ML else ((Distribution.GROUPED, GROUP),)
            made: Report = make_example(clusters=groups, label=Distribution.GROUPED).report
            who = replace(
                made.identity, sop_instance_uid=uid, laterality=Laterality.RIGHT, view=view, view_modifiers=()
            )
            made = replace(made, identity=who, breast=replace(made.breast, nipple=Nipple(600.0, 650.0, 0.9)))
            reports[uid] = change(made)
            results[uid] = Result.of(reports[uid], Provenance(HOSTILE, "1", "digest", "default"))
        paths = {uid: f"results/ab/{uid}.json" for uid in results}
        study = Study.of(join_study(reports.values()), results, paths)
        return render_study(study, reports, "studies/cd/1.2.4.html").decode()

    return draw


def test_findings_links_and_where_to_look_are_told(page_of: Callable[..., str]) -> None:
    page = page_of(View.CC, View.MLO, View.ML)
    assert page.count('<svg viewBox="') == page.count("</svg>") == 3 + 1  # a symbol beside the finding
    assert 'href="../../details/ab/1.1.html#cluster-1"' in page
    assert 'href="1.2.4.json"' in page
    assert "R CC A and R MLO A: linked, 99 %" in page
    assert re.search(r"R ML</a> <span>not seen</span> <span>it would lie \d+ to \d+ mm from the nipple", page)
    assert page.count('class="band"') == 1
    assert "grey band: where R1 would lie" in page
    assert page == page_of(View.CC, View.MLO, View.ML)


def test_no_text_becomes_markup(page_of: Callable[..., str]) -> None:
    page = page_of(View.CC)
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_what_is_not_known_is_not_drawn(page_of: Callable[..., str]) -> None:
    def blind(report: Report) -> Report:
        breast = replace(report.breast, outline_px=(), pectoral_px=())
        return replace(report, breast=breast, flags=frozenset({Flag.NIPPLE_UNCERTAIN}))

    page = page_of(View.CC, View.ML, change=blind)
    assert "where it would lie cannot be told" in page
    assert 'class="band"' not in page
    assert "the nipple is not known" in page
    bare = page_of(View.ML, change=lambda report: replace(report, spacing=None))
    assert "No image shows clustered calcifications." in bare
    assert "R ML without a believable pixel spacing" in bare

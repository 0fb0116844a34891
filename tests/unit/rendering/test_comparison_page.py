import json
import re

from mammocalc.rendering.comparison import render_comparison_page


def test_pairs_of_one_view_and_date_are_told_apart_by_the_image_that_differs() -> None:
    uids = [
        ("1.2.10000001", "1.3.1"),
        ("1.2.10000002", "1.3.2"),
        ("1.2.10000003", "1.3.70000001"),
        ("1.2.10000003", "1.3.80000001"),
    ]
    called = [("L CC", 500), ("L CC", 500), ("R CC", 500), ("R CC", 500)]
    pairs = [
        {"patient": "a", "name": name, "days": days, "uids": list(both)}
        for (name, days), both in zip(called, uids, strict=True)
    ]
    pairs.append({"patient": "a", "name": "R CC", "days": 900, "uids": ["1.4", "1.5"]})
    page = render_comparison_page(pairs, {}, [])
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    assert [pair["name"] for pair in json.loads(found.group(1))["pairs"]] == [
        "L CC (...10000001)",
        "L CC (...10000002)",
        "R CC (prior ...70000001)",
        "R CC (prior ...80000001)",
        "R CC",
    ]

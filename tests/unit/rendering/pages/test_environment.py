from __future__ import annotations

import base64
import hashlib
import re
from importlib import resources
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from mammocalc.rendering.pages import fill_page
from mammocalc.rendering.pages.environment import _environment

PACKAGE = Path(str(resources.files("mammocalc")))
TEMPLATES = sorted(
    name for name in (path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.html")) if "review/" not in name
)
BASE = "rendering/pages/base.html"
TAKEN_AS_MARKUP = {(BASE, "style.text"), (BASE, "script.text")}
HOSTILE = "</style></script><script>alert(1)</script>\"'&"


def test_only_the_styles_and_scripts_of_the_package_are_taken_as_markup() -> None:
    found = {
        (name, text)
        for name in TEMPLATES
        for text in re.findall(r"([\w.]+)\s*\|\s*safe\b", (PACKAGE / name).read_text(encoding="utf-8"))
    }
    assert found == TAKEN_AS_MARKUP
    for name in TEMPLATES:
        assert not re.search(r"autoescape|\bMarkup\b", (PACKAGE / name).read_text(encoding="utf-8"))
    for path in PACKAGE.rglob("*.py"):
        assert not re.search(r"\bMarkup\(|__html__", path.read_text(encoding="utf-8")), path


def test_there_is_one_policy_and_every_page_has_it() -> None:
    sources = {name: (PACKAGE / name).read_text(encoding="utf-8") for name in TEMPLATES}
    assert [name for name, text in sources.items() if "Content-Security-Policy" in text] == [BASE]
    pages = [name for name, text in sources.items() if f'{{% extends "{BASE}" %}}' in text]
    assert pages == [
        "evaluation/page/page.html",
        "rendering/comparison/page.html",
        "rendering/details/details.html",
        "rendering/index/page.html",
        "rendering/study/study.html",
    ]
    assert not [name for name in TEMPLATES if name != BASE and re.search(r"<(html|head|meta|style)\b", sources[name])]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_can_be_read(name: str) -> None:
    assert _environment().get_template(name)


def test_a_text_becomes_no_markup_and_the_policy_knows_style_and_script() -> None:
    page = fill_page("rendering/index/page", data={"path": HOSTILE})
    assert page.count("<script") == 2
    assert page.count("</script>") == 2
    assert page.count("</style>") == 1
    policy = re.findall(r"(style|script)-src '(sha256-[^']+)'", page)
    for (kind, digest), tag in zip(policy, ("<style>", "<script>"), strict=True):
        text = page.split(tag)[1].split(f"</{kind}>", maxsplit=1)[0]
        assert digest == "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_what_a_template_was_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="called"):
        fill_page("rendering/details/details")

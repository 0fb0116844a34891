"""What the documents say is true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from mammocalc.cli.main import parse
from mammocalc.config import Config, load
from mammocalc.config.description import UNITS
from mammocalc.config.loading import setting_paths

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").rglob("*.md")])
MANUAL = sorted((ROOT / "docs").glob("*.md"))
EVIDENCE = sorted((ROOT / "docs" / "evidence").glob("*.md"))
MOST_WORDS_OF_THE_MANUAL = 12_000
NOT_COUNTED = {
    "conformance.md": "its sections and tables are those that PS3.2 demands; who reads it looks one thing up"
}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors_of(document: Path) -> set[str]:
    """Anchors as GitHub makes them from headings."""
    headings = re.findall(r"^#+ +(.+?) *$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands_of(document: Path) -> list[str]:
    """Every line of a document that calls mammocalc: in fenced blocks, in indented ones, and between backticks."""
    text = document.read_text(encoding="utf-8")
    text = re.sub(r"\\\n\s*", " ", text)
    found = re.findall(r"^(?:    |\$ )?(mammocalc .+)$", text, re.MULTILINE) + re.findall(r"`(mammocalc [^`]+)`", text)
    return [command for command in found if " " in command]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (document.parent / path).resolve() if path else document
        assert linked.exists(), f"{target} in {name_of(document)}"
        if anchor and linked.suffix == ".md":
            assert anchor in anchors_of(linked), f"{target} in {name_of(document)}"


def can_be_given(arguments: list[str]) -> bool:
    try:
        parse(arguments)
    except SystemExit as end:
        return not end.code
    return True


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_command_that_is_shown_can_be_given(document: Path) -> None:
    for command in commands_of(document):
        plain = re.sub(r"\[([A-Z]+)\]", r"\1", command).replace("[--set ...]", "").replace("FILE...", "FILE")
        arguments = shlex.split(re.split(r" && | \| ", plain)[0], comments=True)[1:]
        if all(word.isalpha() and word.islower() for word in arguments):  # the command is only named
            arguments.append("--help")
        assert can_be_given(arguments), f"{command} in {name_of(document)}"


def options_of(text: str) -> list[str]:
    found = re.findall(r"--set +([\w.]+=[^\s`\"'\]]+)", text)
    return [option for option in found if option.lower() != "section.key=value"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_option_that_is_shown_is_a_setting(document: Path) -> None:
    for option in options_of(document.read_text(encoding="utf-8")):
        load(None, [option])


def test_the_options_in_the_helps_are_settings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["run", "--help"])
    options = options_of(capsys.readouterr().out)
    assert options
    for option in options:
        load(None, [option])


@pytest.mark.skipif(not README.exists(), reason="no README yet")
def test_what_the_checks_run_is_what_the_readme_says() -> None:
    """Commands that install, run and test stand in .ci/run word for word, or are taken from the README there."""
    blocks = re.findall(
        r"^```(?:sh|bash|console)\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    told = [line for line in lines if "-m venv" in line or "pytest" in line]
    assert told, "the README shows how to install, run and test"
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for line in told:
        assert line in run or "README.md" in run, line


def test_the_units_of_the_documents_are_those_of_the_settings() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    table = text.partition("## Units")[2].partition("## ")[0]
    listed = set(re.findall(r"`(_\w+)`", table))
    endings = sorted(UNITS, key=len, reverse=True)
    used = {next((ending for ending in endings if path.endswith(ending)), "") for path in setting_paths(Config)} - {""}
    assert used <= listed <= set(UNITS)


def test_every_ready_made_configuration_is_listed() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert {path.name for path in (ROOT / "configs").iterdir()} == set(re.findall(r"configs/(\w+\.yaml)\)", text))


def test_the_manual_is_short() -> None:
    counted = [path for path in MANUAL if path.name not in NOT_COUNTED]
    words = {path.name: len(path.read_text(encoding="utf-8").split()) for path in counted}
    assert sum(words.values()) <= MOST_WORDS_OF_THE_MANUAL, f"move measurements into docs/evidence: {words}"


@pytest.mark.parametrize("pages", [MANUAL, EVIDENCE], ids=["manual", "evidence"])
def test_the_index_has_a_line_for_each_page(pages: list[Path]) -> None:
    index = pages[0].parent / "index.md"
    lines = re.findall(r"^- \[[^\]]+\]\((\w+\.md)\): .+\?$", index.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(lines) == [path.name for path in pages if path != index], f"a line for each page in {name_of(index)}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_benchmark_that_is_named_is_there(document: Path) -> None:
    for path in re.findall(r"tests/benchmarks/\w+\.\w+", document.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), f"{path} in {name_of(document)}"


@pytest.mark.parametrize("document", MANUAL, ids=name_of)
def test_every_setting_that_the_manual_names_is_one(document: Path) -> None:
    """Names between backticks such as `section.key`, where the section is one of the configuration."""
    settings = set(setting_paths(Config))
    sections = {path.partition(".")[0] for path in settings if "." in path}
    for name in re.findall(r"`([a-z]+\.[a-z_]+)(?:=[^`]*|: [^`]*)?`", document.read_text(encoding="utf-8")):
        if name.partition(".")[0] in sections:
            assert name in settings, f"{name} in {name_of(document)}"

"""The plan of the house: what CONTRIBUTING.md draws is what the contracts hold and what lies in the package."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pipeline" / "mammocalc"

LONGEST = 300


def test_the_plan_that_is_drawn_is_the_one_that_is_held() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [floors] = [one for one in project["tool"]["importlinter"]["contracts"] if one["type"] == "layers"]
    held = {
        room: len(floors["layers"]) - number
        for number, layer in enumerate(floors["layers"])
        for room in layer.split(" | ")
    }
    page = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawn = {room: int(floor) for floor, room in re.findall(r"^\| (\d+) \| `(\w+)` \|", page, re.MULTILINE)}
    assert drawn == held


def test_every_room_has_a_floor_and_nothing_lies_in_the_hall() -> None:
    lying = {path.name for path in PACKAGE.iterdir() if path.is_file()}
    assert lying == {"__init__.py", "__main__.py", "py.typed"}


def test_no_code_stands_in_the_files_that_only_name_a_room() -> None:
    having = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("__init__.py")
        if path.parent != PACKAGE  # the package's own names are imported when they are used
        and re.search(r"^ *(def|class|for|while|if) ", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert having == []


def test_no_file_is_longer_than_one_idea_takes() -> None:
    lengths = {
        path.relative_to(PACKAGE).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for ending in ("*.py", "*.js", "*.css", "*.html")
        for path in PACKAGE.rglob(ending)
    }
    assert len([name for name in lengths if name.endswith(".js")]) > 70
    assert {name: count for name, count in lengths.items() if count > LONGEST} == {}, "divide it by its ideas"


def test_scripts_of_pages_import_downstairs_only() -> None:
    """Pages share what lies in one room, which knows none of them."""
    shared = PACKAGE / "rendering" / "pages" / "scripts"
    for path in PACKAGE.rglob("*.js"):
        for found in re.findall(
            r'^import .*? from "([^"]+)";', path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        ):
            target = (path.parent / found).resolve()
            assert target.is_file(), f"{path} imports {found}"
            assert target.parent in {path.parent, shared}, f"{path} imports {found}"

"""The names of a run's files stand in one place."""

import ast
from pathlib import Path

import pytest

import mammocalc
from mammocalc.results import layout
from mammocalc.results.columns import TABLES

PACKAGE = Path(mammocalc.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != Path(layout.__file__) and "node" not in path.parts)
"""A node has a spool of its own, with folders of its own."""
FILES = {layout.RECORD, layout.ROWS, layout.LOG, *(f"{table}{end}" for table in TABLES for end in layout.TABLE_ENDINGS)}


def test_no_other_module_spells_the_name_of_a_file_or_folder_of_a_run() -> None:
    found = [f"{path.relative_to(PACKAGE)}:{place}" for path in MODULES for place in _spelled(path)]
    assert found == []


def _spelled(path: Path) -> list[str]:
    """Name the lines in which a file of a run stands by itself, or one of its folders is part of a path."""
    places = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        parts: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            parts = [node.right]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Path", "PurePosixPath"}:
            parts = node.args
        if isinstance(node, ast.Constant) and node.value in FILES:
            places.append(f"{node.lineno} {node.value!r}")
        named = [part for part in parts if isinstance(part, ast.Constant)]
        places += [f"{part.lineno} {part.value!r}" for part in named if part.value in {*layout.KINDS, layout.PAGE}]
    return places


def test_the_search_for_such_names_finds_them(tmp_path: Path) -> None:
    module = tmp_path / "a.py"
    module.write_text('a = folder / "results"\nb = PurePosixPath("details", c)\nd = open("files.jsonl")\n')
    assert sorted(_spelled(module)) == ["1 'results'", "2 'details'", "3 'files.jsonl'"]


@pytest.mark.parametrize(
    ("place", "kind", "ending", "expected"),
    [
        ("results/1.2.json", layout.DETAILS, ".html", "details/1.2.html"),
        ("results/ab/cd/1.2.json", layout.CANDIDATES, ".json", "candidates/ab/cd/1.2.json"),
        ("overlays/ab/1.2.png", layout.THUMBNAILS, ".jpg", "thumbnails/ab/1.2.jpg"),
    ],
)
def test_files_of_one_image_lie_in_the_same_subfolders(place: str, kind: str, ending: str, expected: str) -> None:
    assert layout.beside(place, kind, ending) == expected


def test_lists_have_one_order_for_any_sharding(tmp_path: Path) -> None:
    for place in ("studies/ff/1.1.json", "studies/1.3.json", "studies/00/1.2.json"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    assert [path.name for path in layout.study_files(tmp_path)] == ["1.1.json", "1.2.json", "1.3.json"]
    assert layout.candidates_files(tmp_path) == []

"""To read a run is one of the three things that the program is for: the first command of the README installs it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

TOP = Path(__file__).parents[3]
DISTRIBUTIONS = {"cv2": "opencv-python-headless", "starlette": "fastapi", "h11": "uvicorn"}


def test_whatever_the_review_imports_comes_with_the_base_installation() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    base = {re.split(r"[<>=!~\[; ]", line)[0].lower() for line in project["dependencies"]}
    assert {"fastapi", "uvicorn"} <= base
    trees = [
        ast.parse(file.read_text(encoding="utf-8"))
        for file in (TOP / "pipeline" / "mammocalc" / "review" / "server").glob("*.py")
    ]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    named = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    named += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    foreign = {name.split(".")[0] for name in named} - sys.stdlib_module_names - {"mammocalc"}
    assert "uvicorn" in foreign
    assert {DISTRIBUTIONS.get(name, name) for name in foreign} <= base


def test_the_name_of_the_former_extra_still_installs() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["optional-dependencies"]["review"] == []

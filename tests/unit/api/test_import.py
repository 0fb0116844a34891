"""`import mammocalc` costs nothing, and names all that is public."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mammocalc as mc

HEAVY = {"numpy", "cv2", "pydicom", "pydantic", "scipy", "skimage", "PIL", "pandas", "fastapi", "rich"}


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_import_brings_no_library_with_it() -> None:
    loaded = run_python("import mammocalc, sys; print(*sorted({name.split('.')[0] for name in sys.modules}))")
    assert not HEAVY & set(loaded.split())
    loaded = run_python("import mammocalc, sys; dir(mammocalc); mammocalc.__version__; print(*sys.modules)")
    assert not HEAVY & set(loaded.split())


def test_pandas_is_imported_by_those_who_ask_for_a_table_alone() -> None:
    assert run_python("import mammocalc as mc, sys; mc.Result, mc.Run; print('pandas' in sys.modules)") == "False"


@pytest.mark.parametrize("name", mc.__all__)
def test_every_public_name_can_be_had_and_is_listed(name: str) -> None:
    assert getattr(mc, name) is not None
    assert name in dir(mc)


def test_a_name_that_is_not_there_is_an_attribute_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match="analyze"):
        mc.analyze  # noqa: B018 - the access is what is tried


def test_type_checkers_see_the_names_that_are_imported_later() -> None:
    """The imports under TYPE_CHECKING and the homes of the lazy names are the same."""
    source = Path(mc.__file__).read_text(encoding="utf-8")
    block = source.partition("if TYPE_CHECKING:\n")[2].partition("\n\n")[0]
    seen = {}
    for home, names in re.findall(r"from ([\w.]+) import (\([^)]*\)|.+)", block):
        for name in re.findall(r"\w+", names):
            seen[name] = home
    assert set(seen) | {"__version__"} == set(mc.__all__)
    for name, home in seen.items():
        assert getattr(importlib.import_module(home), name) is getattr(mc, name)


def test_every_public_function_says_what_it_takes_gives_and_raises() -> None:
    functions = [getattr(mc, name) for name in mc.__all__ if inspect.isfunction(getattr(mc, name))]
    assert {function.__name__ for function in functions} >= {"read", "from_array", "analyse", "run", "open_run"}
    for function in functions:
        said = inspect.getdoc(function) or ""
        assert all(f"{heading}\n---" in said for heading in ("Parameters", "Returns", "Raises")), function.__name__
        arguments = inspect.signature(function).parameters
        assert all(re.search(rf"^\**{name}\b", said, re.MULTILINE) for name in arguments), function.__name__

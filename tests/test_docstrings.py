"""Functions that a room exports say what they take and what they give, as numpydoc asks for it."""

import importlib
import inspect
import pkgutil

import pytest
from numpydoc.validate import validate

import mammocalc

ASKED = {
    "GL08": "has a docstring",
    "PR01": "every parameter is documented",
    "PR02": "no parameter is documented that there is not",
    "PR03": "in the order of the signature",
    "PR04": "with its type",
    "RT01": "what is returned is documented",
    "YD01": "what is yielded is documented",
}


def _exported() -> list[str]:
    found = set()
    for module in pkgutil.walk_packages(mammocalc.__path__, "mammocalc."):
        room = importlib.import_module(module.name) if module.ispkg else None
        for name in getattr(room, "__all__", ()):
            function = getattr(room, name)
            if inspect.isfunction(function):
                found.add(f"{function.__module__}.{function.__qualname__}")
    return sorted(found)


@pytest.mark.parametrize("name", _exported())
def test_an_exported_function_says_what_it_takes_and_gives(name: str) -> None:
    assert [error for error in validate(name)["errors"] if error[0] in ASKED] == []

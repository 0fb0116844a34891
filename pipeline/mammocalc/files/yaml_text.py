"""YAML 1.2 as people write it: words stay words, aliases do not expand, repeated keys are errors."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from mammocalc.vocabulary.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNREADABLE: Final = "not valid YAML: it is nested too deeply, or a number in it is too long"


def read_yaml(file: Path, source: str) -> tuple[Any, list[Problem]]:
    """
    Read a YAML file.

    Parameters
    ----------
    file : Path
        In UTF-8.
    source : str
        What errors call it.

    Returns
    -------
    value : object
        What JSON can hold; None of an empty file. Of a key that stands twice, the last value.
    problems : list of Problem
        Keys that stand twice.

    Raises
    ------
    ConfigurationError
        If the file cannot be read, or is no YAML: nothing else can be checked before that is mended.
    """
    try:
        return parse_yaml(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        problem = Problem("file", "does not exist")
    except UnicodeDecodeError:
        problem = Problem("file", "is not a text in UTF-8")
    except OSError as error:
        problem = Problem("file", f"cannot be read ({error.strerror})")
    except YamlError as error:
        problem = error.problem
    raise ConfigurationError(source, [problem]) from None


def parse_yaml(text: str) -> tuple[Any, list[Problem]]:
    r"""
    Parse a text as YAML 1.2.

    Raises
    ------
    YamlError
        If it is none.

    Examples
    --------
    >>> parse_yaml("a: no\nb: 1e-3\na: 010")
    ({'a': 10, 'b': 0.001}, [Problem(path='a', message='given twice, on lines 1 and 3')])
    """
    try:
        node = yaml.compose(text, Loader=_Yaml12Loader)
        repeated = [] if node is None else list(_repeated_keys(node, ""))
        return _as_json(yaml.load(text, Loader=_Yaml12Loader)), repeated  # noqa: S506 - derived from the safe loader
    except yaml.YAMLError as error:
        raise YamlError(_syntax_problem(error)) from None
    except (RecursionError, ValueError):  # thousands of brackets, a number of thousands of digits
        raise YamlError(Problem("file", UNREADABLE)) from None


class YamlError(Exception):
    """A text is no YAML; ``problem`` says where and why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


class _Yaml12Loader(yaml.SafeLoader):
    """
    Safe YAML in which words stay words.

    YAML 1.1, which PyYAML reads by itself, takes ``no`` for False, ``1:30`` for 90 and
    ``1e-3`` for a text. The types here are those of the YAML 1.2 core schema, without dates.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the attribute is PyYAML's

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases: a configuration needs none, and they can unfold without end."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not used here", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    _Yaml12Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def _construct_int(_loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    return int(node.value)  # YAML 1.1 would read 010 as 8


_Yaml12Loader.add_constructor("tag:yaml.org,2002:int", _construct_int)


def _as_json(value: Any) -> Any:
    """Keys become text, as in JSON; whatever no JSON value stands for becomes text as well."""
    return json.loads(json.dumps(value, default=str))


def _syntax_problem(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    place = "file" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}"
    return Problem(place, f"not valid YAML: {getattr(error, 'problem', None) or 'it cannot be read'}")


def _repeated_keys(node: yaml.Node, prefix: str) -> Iterator[Problem]:
    """Find keys that stand twice in one mapping; YAML readers keep the last one in silence."""
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _repeated_keys(item, f"{prefix}{number}.")
    if not isinstance(node, yaml.MappingNode):
        return
    first_lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        name = str(key.value)
        if name in first_lines:
            yield Problem(f"{prefix}{name}", f"given twice, on lines {first_lines[name]} and {line}")
        first_lines.setdefault(name, line)
        yield from _repeated_keys(value, f"{prefix}{name}.")

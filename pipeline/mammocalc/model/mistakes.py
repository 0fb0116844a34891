"""Mistakes in values that people wrote, in plain words."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from mammocalc.vocabulary.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import ValidationError

_LONGEST_SHOWN = 60
_KEYS = "holds keys of its own, and is no single value"
_PLAIN = {
    "missing": "is missing",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be a text",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": _KEYS,
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
}


def problems_of(error: ValidationError, kind: type[BaseModel], top: str) -> list[Problem]:
    """
    Give all mistakes that a validation found.

    Parameters
    ----------
    error : ValidationError
    kind : type of BaseModel
        What was validated; its keys are suggested in place of misspelt ones.
    top : str
        The name of the whole, for mistakes that belong to no key.

    Returns
    -------
    list of Problem
        In the order of validation; each with the path of its key, and for wrong values with what was given.
    """
    return [
        Problem(".".join(str(part) for part in item["loc"]) or top, _message(item, kind))
        for item in error.errors(include_url=False)
    ]


def _message(item: Any, kind: type[BaseModel]) -> str:
    if item["type"] == "extra_forbidden":
        *place, key = item["loc"]
        close = difflib.get_close_matches(str(key), sorted(_keys_at(kind, place)), n=1, cutoff=0.6)
        return "unknown key" + "".join(f"; did you mean {word}?" for word in close)
    if item["type"] == "missing":
        return sentence_of(item)
    return f"{sentence_of(item)} (got {shown(item['input'])})"


def sentence_of(item: Any) -> str:
    """Say what is wrong with a value in words that need no knowledge of pydantic; ``item`` is one of its errors."""
    validator: str = item["msg"]
    return _PLAIN.get(item["type"]) or validator.removeprefix("Value error, ").replace("Input should", "must")


def shown(value: object) -> str:
    """Give a value as JSON of at most 60 characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _keys_at(kind: type[BaseModel], place: Sequence[str | int]) -> set[str]:
    models = [kind]
    for part in place:
        fields = [model.model_fields[part] for model in models if part in model.model_fields]
        if fields:  # positions in a list and tags of a union are no fields
            models = [inner for field in fields for inner in _models_in(field.annotation)]
    return {name for model in models for name in model.model_fields}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)

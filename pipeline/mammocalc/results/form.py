"""Form of a value in a document: how it is written, read and described in the schema."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from mammocalc.results.field import Field
from mammocalc.results.rounding import LEAST_SCORE, POSITION_DECIMALS, rounded, rounded_score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from enum import StrEnum

Schema = dict[str, Any]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Form(Generic[Value]):
    """
    The form of one kind of value.

    Attributes
    ----------
    write : callable
        Gives the JSON of a value.
    read : callable
        Gives the value of a `Field`; ResultError where it is none.
    schema : callable
        Gives its JSON Schema; adds what has a name of its own to the
        definitions that it is given.
    """

    write: Callable[[Value], Any]
    read: Callable[[Field], Value]
    schema: Callable[[dict[str, Schema]], Schema]

    def also(self, **more: Any) -> Form[Value]:
        """Say more of it in the schema."""
        return replace(self, schema=lambda definitions: {**self.schema(definitions), **more})


@dataclass(frozen=True, slots=True)
class Member:
    """
    A key of an object.

    Attributes
    ----------
    key : str
    form : Form
    description : str
        For the schema; empty where that of the form's own name says it.
    name : str
        The attribute that it is written from, as ``distribution.loose``, and the
        argument that it is read into, dots as underscores; empty for the key.
    is_left_out : bool
        Whether the key is not written where the value is None, and read as None
        where it is not there.
    was : str
        The key that older documents have in its place; empty for none.
    """

    key: str
    form: Form[Any]
    description: str = ""
    name: str = ""
    is_left_out: bool = False
    was: str = ""


def _plain(read: Callable[[Field], Value], schema: Mapping[str, Any], write: Callable[[Value], Any]) -> Form[Value]:
    return Form(write, read, lambda _definitions: dict(schema))


TEXT: Final = _plain(Field.text, {"type": "string"}, str)
TEXTS: Final = _plain(Field.texts, {"type": "array", "items": {"type": "string"}}, list)
COUNT: Final = _plain(Field.count, {"type": "integer", "minimum": 0}, int)
COUNTED: Final = _plain(Field.counted, {"type": "integer", "minimum": 1}, int)
TRUTH: Final = _plain(Field.truth, {"type": "boolean"}, bool)
SCORE: Final = _plain(Field.share, {"type": "number", "minimum": 0, "maximum": 1}, rounded_score)
SURE: Final = SCORE.also(minimum=LEAST_SCORE, maximum=1 - LEAST_SCORE)


def number(decimals: int) -> Form[float]:
    """Make the form of any finite number."""
    return _plain(Field.number, {"type": "number"}, lambda value: rounded(value, decimals))


def length(decimals: int) -> Form[float]:
    """Make the form of a number that is not negative."""
    return _plain(Field.length, {"type": "number", "minimum": 0}, lambda value: rounded(value, decimals))


def share(decimals: int) -> Form[float]:
    """Make the form of a number from 0 to 1."""
    schema = {"type": "number", "minimum": 0, "maximum": 1}
    return _plain(Field.share, schema, lambda value: rounded(value, decimals))


def figures(decimals: int, *, has_counts: bool) -> Form[Mapping[str, float]]:
    """Make the form of numbers by name; a count stays a count where there are any."""
    read_one = Field.figure if has_counts else Field.number

    def write(values: Mapping[str, float]) -> dict[str, Any]:
        return {
            str(name): int(value) if has_counts and isinstance(value, int) else rounded(value, decimals)
            for name, value in values.items()
        }

    def read(field: Field) -> Mapping[str, float]:
        return {name: read_one(value) for name, value in field.members()}

    return _plain(read, {"type": "object", "additionalProperties": {"type": "number"}}, write)


def word(vocabulary: type[StrEnum], among: Iterable[StrEnum] | None = None) -> Form[Any]:
    """Make the form of a word of a closed vocabulary; ``among`` are those that the schema names."""
    words = [str(one) for one in (vocabulary if among is None else among)]
    return _plain(lambda field: field.word(vocabulary), {"enum": words}, str)


def or_none(form: Form[Value], otherwise: str = "") -> Form[Value | None]:
    """Make the form of a value or null; ``otherwise`` says what null means, where nothing else does."""

    def schema(definitions: dict[str, Schema]) -> Schema:
        known = form.schema(definitions)
        if "enum" in known:
            return {**known, "enum": [*known["enum"], None]}
        if known.get("type", "object") != "object":
            return {**known, "type": [known["type"], "null"]}
        return {"oneOf": [known, {"description": otherwise, "type": "null"} if otherwise else {"type": "null"}]}

    return Form(
        lambda value: None if value is None else form.write(value),
        lambda field: None if field.value is None else form.read(field),
        schema,
    )


def listed(form: Form[Value]) -> Form[tuple[Value, ...]]:
    """Make the form of a list of such values."""
    return Form(
        lambda values: [form.write(value) for value in values],
        lambda field: tuple([form.read(item) for item in field.items()]),
        lambda definitions: {"type": "array", "items": form.schema(definitions)},
    )


def pair(form: Form[Value]) -> Form[tuple[Value, Value]]:
    """Make the form of a list of two such values."""
    return Form(
        lambda values: [form.write(value) for value in values],
        lambda field: field.pair(form.read),
        listed(form).also(minItems=2, maxItems=2).schema,
    )


def named(name: str, description: str, form: Form[Value]) -> Form[Value]:
    """Give a form a name in the schema, where it is described once."""

    def schema(definitions: dict[str, Schema]) -> Schema:
        if name not in definitions:
            definitions[name] = {}  # its place in the order
            definitions[name] = {"description": description, **form.schema(definitions)}
        return {"$ref": f"#/$defs/{name}"}

    return replace(form, schema=schema)


def record(make: Callable[..., Value], *members: Member, description: str = "") -> Form[Value]:
    """
    Make the form of an object with these keys, and no other, in this order.

    Parameters
    ----------
    make : callable
        Gives the value for what was read, each by its name.
    *members : Member
    description : str
        Of the object, where it has no name of its own.
    """
    writers = [(member.key, attrgetter(member.name or member.key), member.form.write) for member in members]
    readers = [((member.name or member.key).replace(".", "_"), member.key, member.form.read) for member in members]
    keys = {member.key for member in members if not member.is_left_out}
    optional = {member.key for member in members} - keys
    older = {member.key: member.was for member in members if member.was}

    def write(value: Value) -> dict[str, Any]:
        written = {key: write_one(get(value)) for key, get, write_one in writers}
        for key in optional:
            if written[key] is None:
                del written[key]
        return written

    def read(field: Field) -> Value:
        value = field.value
        if older and type(value) is dict:
            value = {**{key: value[was] for key, was in older.items() if was in value}, **value}
        there = [one for one in readers if one[1] in keys or field.get(one[1]) is not None] if optional else readers
        if type(value) is dict and value.keys() >= keys:
            return make(**{name: read_one(Field(value[key], field, key)) for name, key, read_one in there})
        return make(**{name: read_one(field.at(key)) for name, key, read_one in there})  # it says what is missing

    def schema(definitions: dict[str, Schema]) -> Schema:
        return {
            **({"description": description} if description else {}),
            "type": "object",
            "properties": {member.key: _describe(member, definitions) for member in members},
            "required": [member.key for member in members if not member.is_left_out],
            "additionalProperties": False,
        }

    return Form(write, read, schema)


def document_schema(form: Form[Any], *, version: str, title: str, description: str) -> Schema:
    """Make the whole JSON Schema (draft 2020-12) of a kind of document, of the version that is written."""
    definitions: dict[str, Schema] = {}
    schema = form.schema(definitions)
    schema["properties"]["schema_version"] = {"const": version}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
        **schema,
        "$defs": definitions,
    }


def _describe(member: Member, definitions: dict[str, Schema]) -> Schema:
    schema = member.form.schema(definitions)
    return {"description": member.description, **schema} if member.description else schema


UID: Final = named("uid", "A DICOM unique identifier.", TEXT.also(maxLength=64))
POINT: Final = named(
    "point",
    "[row, column], 0-based pixel coordinates of the stored image; [0, 0] is the centre of the top-left pixel. "
    "DICOM graphics put (0, 0) at that pixel's corner: x = column + 0.5, y = row + 0.5.",
    pair(number(POSITION_DECIMALS)),
)
POINTS: Final = replace(listed(POINT), read=Field.points)  # the many, at once
POLYGON: Final = named("polygon", "Corners in order; the last is joined to the first.", POINTS)

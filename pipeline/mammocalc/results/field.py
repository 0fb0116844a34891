"""One value of an untrusted document, with its path: checks, and messages about what is wrong."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeVar

from mammocalc.vocabulary.errors import ResultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from enum import StrEnum

    from mammocalc.model import Point

    Word = TypeVar("Word", bound=StrEnum)
Value = TypeVar("Value")

POINT_AXES: Final = 2
LARGEST: Final = 1e15
"""No number of an image is as large, and squares of larger ones are soon none."""


class Field:
    """
    A value of a JSON document, and the path to it.

    Each method gives the value as what it must be.

    Parameters
    ----------
    value : JSON value
        As `json.loads` gives it.
    inside : Field, optional
        The object or list that it stands in; None for the document itself.
    step : str or int
        Its key or its place there.

    Raises
    ------
    ResultError
        Every method: if the value is something else. The sentence begins with the path.

    Examples
    --------
    >>> document = Field({"calcifications": [{"row": 12.5}, {"row": "12.5"}]})
    >>> first, second = document.at("calcifications").items()
    >>> first.at("row").number()
    12.5
    >>> second.at("row").number()
    Traceback (most recent call last):
        ...
    mammocalc.vocabulary.errors.ResultError: calcifications[1].row: a number is needed, not a text
    """

    __slots__ = ("_inside", "_step", "value")

    def __init__(self, value: Any, inside: Field | None = None, step: str | int = "") -> None:
        self.value = value
        self._inside = inside
        self._step = step

    @property
    def path(self) -> str:
        """Keys joined by dots, places in lists in brackets; empty for the document itself."""
        if self._inside is None:  # thousands of values are read, and only of one that is wrong is the path needed
            return ""
        before = self._inside.path
        if isinstance(self._step, int):
            return f"{before}[{self._step}]"
        return f"{before}.{self._step}" if before else self._step

    def error(self, message: str) -> ResultError:
        """Say what is wrong here."""
        return ResultError(self.path, message)

    def at(self, key: str) -> Field:
        """Give the value of a key of an object."""
        try:
            return Field(self.value[key], self, key)
        except (KeyError, TypeError, IndexError):
            if not isinstance(self.value, dict):
                raise self._needed("an object") from None
            raise Field(None, self, key).error("missing") from None

    def instead(self, value: Any) -> Field:
        """Give another value for this place, as its key is one."""
        return Field(value, self._inside, self._step)

    def get(self, key: str) -> Any:
        """Return the value of a key of an object; None if it is missing."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def items(self) -> Iterator[Field]:
        """Give the values of a list."""
        if not isinstance(self.value, list):
            raise self._needed("a list")
        return (Field(value, self, place) for place, value in enumerate(self.value))

    def members(self) -> Iterator[tuple[str, Field]]:
        """Give the keys and values of an object."""
        if not isinstance(self.value, dict):
            raise self._needed("an object")
        return ((key, Field(value, self, key)) for key, value in self.value.items())

    def or_none(self, read: Callable[[Field], Value]) -> Value | None:
        """Read a value that may be null."""
        return None if self.value is None else read(self)

    def number(self) -> float:
        """Give a number that can be reckoned with: its square is one, too."""
        value = self.value
        if type(value) in {float, int} and -LARGEST <= value <= LARGEST:
            return float(value)
        raise self._needed("a number")

    def length(self) -> float:
        """Give a number that is not negative."""
        value = self.number()
        if value < 0:
            raise self._needed("a number of at least 0")
        return value

    def share(self) -> float:
        """Give a number from 0 to 1."""
        value = self.number()
        if not 0 <= value <= 1:
            raise self._needed("a number from 0 to 1")
        return value

    def count(self) -> int:
        """Give a whole number that is not negative."""
        if type(self.value) is not int or self.value < 0:
            raise self._needed("a whole number of at least 0")
        return self.value

    def counted(self) -> int:
        """Give a whole number of at least 1."""
        value = self.count()
        if value == 0:
            raise self._needed("a whole number of at least 1")
        return value

    def figure(self) -> float:
        """Give a whole number as such, and any other finite number."""
        return self.value if type(self.value) is int else self.number()

    def truth(self) -> bool:
        """Give true or false."""
        if type(self.value) is not bool:
            raise self._needed("true or false")
        return self.value

    def text(self) -> str:
        """Give a text."""
        if type(self.value) is not str:
            raise self._needed("a text")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Give the texts of a list."""
        return tuple(item.text() for item in self.items())

    def word(self, vocabulary: type[Word]) -> Word:
        """Give a word of a closed vocabulary."""
        try:
            return vocabulary(self.text())
        except ValueError:
            message = f"{self.value!r:.60} is not one of {', '.join(vocabulary)}"
            raise self.error(message) from None

    def words(self, vocabulary: type[Word]) -> tuple[Word, ...]:
        """Give the words of a list."""
        return tuple(item.word(vocabulary) for item in self.items())

    def pair(self, read: Callable[[Field], Value]) -> tuple[Value, Value]:
        """Give the two values of a list of two."""
        values = tuple(read(item) for item in self.items())
        if len(values) != POINT_AXES:
            raise self.error(f"2 values are needed, not {len(values)}")
        return values

    def points(self) -> tuple[Point, ...]:
        """Give the (row, column) positions of a list."""
        value = self.value
        if type(value) is list and set(map(type, value)) <= {list} and set(map(len, value)) <= {POINT_AXES}:
            numbers = list(chain.from_iterable(value))  # the many, without a path for each of them
            if set(map(type, numbers)) <= {float} and all(-LARGEST <= end <= LARGEST for end in _ends(numbers)):
                return tuple(map(tuple, value))
        return tuple(item.pair(Field.number) for item in self.items())

    def _needed(self, what: str) -> ResultError:
        return self.error(f"{what} is needed, not {_named(self.value)}")


def _ends(numbers: list[float]) -> tuple[float, ...]:
    """Give the smallest and the largest of them, which holds all between; none of none."""
    return (min(numbers), max(numbers)) if numbers else ()


def _named(value: Any) -> str:
    """Say what a value is; texts are not repeated, as they may be anybody's."""
    if value is None:
        return "null"
    if isinstance(value, bool | int | float):
        return f"{value!r:.40}".lower()
    return "a text" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"

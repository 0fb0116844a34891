"""Records as plain values for JSON, YAML and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any


class Record:
    """What has fields, and can be given as plain values."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """
        Give the fields by their names, as `json.dumps` takes them.

        Returns
        -------
        dict
            Only dict, list, str, int, float, bool and None; sets are sorted lists. A copy.
        """
        return {item.name: _plain(getattr(self, item.name)) for item in fields(self)}  # type: ignore[arg-type]


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, str):
        return str(value)  # a word of a vocabulary as its text
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    return [_plain(item) for item in value] if isinstance(value, tuple) else value

"""The result of an image."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mammocalc.execution.outputs.output import Output, always
from mammocalc.results.from_json import from_json
from mammocalc.results.layout import OVERLAYS, RESULTS
from mammocalc.results.parse import parse_json
from mammocalc.results.to_json import encode, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping


def _moved(content: bytes, _old: Mapping[str, str], new: Mapping[str, str]) -> bytes:
    """Let it name its overlay where that will be."""
    result = from_json(parse_json(content))
    overlay = None if result.overlay is None else replace(result.overlay, path=new[OVERLAYS])
    return encode(to_json(replace(result, overlay=overlay)))


RESULT: Final = Output(
    RESULTS,
    (".json",),
    lambda _config: ".json",
    always,
    lambda image: encode(image.document),
    bool,  # whoever asks has read it
    _moved,
)

"""What scored below the reporting threshold, for curves."""

from __future__ import annotations

from typing import Final

from mammocalc.execution.outputs.output import Output
from mammocalc.results.from_json import candidates_from_json
from mammocalc.results.layout import CANDIDATES as KIND
from mammocalc.results.parse import parse_json
from mammocalc.results.to_json import candidates_to_json, encode
from mammocalc.vocabulary.errors import ResultError


def _is_whole(content: bytes) -> bool:
    try:
        candidates_from_json(parse_json(content))
    except ResultError:
        return False
    return True


CANDIDATES: Final = Output(
    KIND,
    (".json",),
    lambda _config: ".json",
    lambda config, _has_findings: config.outputs.candidates,
    lambda image: encode(candidates_to_json(image.report)),
    _is_whole,
)

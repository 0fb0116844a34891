"""JSON of the API: bytes, and the words, colours and symbols of the page."""

from __future__ import annotations

import json
from typing import Any

from mammocalc.rendering.palette import APPEARANCES, ARTERY, FOLLOWED_MM, SINGLE, css_colour, svg_looks
from mammocalc.vocabulary.flag_sentences import FLAG_SENTENCES
from mammocalc.vocabulary.lexicon import CLUSTER_WORDS, DESCRIPTORS, Distribution, Morphology


def vocabulary() -> dict[str, Any]:
    """Give the words, colours and signs of the page: those of the overlays."""
    return {
        "distributions": [str(label) for label in Distribution],
        "cluster_distributions": [str(label) for label in CLUSTER_WORDS],
        "descriptors": [str(label) for label in DESCRIPTORS],
        "morphologies": [str(label) for label in Morphology],
        "palette": {
            label: {**look, "dash": appearance.dashes}
            for (label, look), appearance in zip(svg_looks().items(), APPEARANCES.values(), strict=True)
        },
        "marks": {"single": css_colour(SINGLE), "artery": css_colour(ARTERY), "followed_mm": FOLLOWED_MM},
        "flags": {str(flag): sentence for flag, sentence in FLAG_SENTENCES.items()},
    }


def to_bytes(document: Any) -> bytes:
    """Write JSON as it is sent: no NaN, no space; half a character, as a damaged text may have, becomes ``?``."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")

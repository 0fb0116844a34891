"""
Mammocalc: from DICOM mammograms to calcifications, their sizes and their distribution.

>>> import mammocalc as mc
>>> image = mc.read("a.dcm")  # doctest: +SKIP
>>> mc.analyse(image).distribution.label  # doctest: +SKIP
<Distribution.GROUPED: 'grouped'>

What is public stands in `__all__`; everything else may change without a word. Names are imported when they are first
used, so that ``import mammocalc`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mammocalc.api.analysis import analyse
    from mammocalc.api.array import from_array
    from mammocalc.api.comparison import compare
    from mammocalc.api.evaluation import Evaluation, evaluate
    from mammocalc.api.export import export
    from mammocalc.api.finished_run import Run, open_run
    from mammocalc.api.image import Image, read
    from mammocalc.api.result import Result
    from mammocalc.api.run import run
    from mammocalc.api.simulation import simulate
    from mammocalc.config import Config
    from mammocalc.vocabulary.errors import (
        ConfigurationError,
        ImageError,
        ImageSkippedError,
        ImageUnreadableError,
        MammocalcError,
        OutputError,
        StoppedError,
        UsageError,
    )
    from mammocalc.vocabulary.flag_sentences import FLAG_SENTENCES
    from mammocalc.vocabulary.lexicon import Distribution, Flag

__version__ = "0.2.0.dev0"

__all__ = [
    "FLAG_SENTENCES",
    "Config",
    "ConfigurationError",
    "Distribution",
    "Evaluation",
    "Flag",
    "Image",
    "ImageError",
    "ImageSkippedError",
    "ImageUnreadableError",
    "MammocalcError",
    "OutputError",
    "Result",
    "Run",
    "StoppedError",
    "UsageError",
    "__version__",
    "analyse",
    "compare",
    "evaluate",
    "export",
    "from_array",
    "open_run",
    "read",
    "run",
    "simulate",
]

_HOMES = {
    "mammocalc.api.analysis": ("analyse",),
    "mammocalc.api.array": ("from_array",),
    "mammocalc.api.comparison": ("compare",),
    "mammocalc.api.evaluation": ("Evaluation", "evaluate"),
    "mammocalc.api.export": ("export",),
    "mammocalc.api.finished_run": ("Run", "open_run"),
    "mammocalc.api.image": ("Image", "read"),
    "mammocalc.api.result": ("Result",),
    "mammocalc.api.run": ("run",),
    "mammocalc.api.simulation": ("simulate",),
    "mammocalc.config": ("Config",),
    "mammocalc.vocabulary.errors": (
        "UsageError",
        "ConfigurationError",
        "ImageError",
        "MammocalcError",
        "OutputError",
        "ImageSkippedError",
        "StoppedError",
        "ImageUnreadableError",
    ),
    "mammocalc.vocabulary.flag_sentences": ("FLAG_SENTENCES",),
    "mammocalc.vocabulary.lexicon": ("Distribution", "Flag"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name not in _HOME_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List what is public, imported or not."""
    return sorted(__all__)

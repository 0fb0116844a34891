"""Settings of the outputs of a run."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal

from pydantic import field_validator

from mammocalc.model.settings import Settings


class OutputSettings(Settings):
    """What is written for every analysed image, besides its result and the tables."""

    overlays: Literal["all", "findings", "none"] = "all"
    """Write an overlay for every analysed image, for those with a reported calcification, or for none. All by
    default: that nothing was marked is a finding that has to be looked at as well."""

    thumbnails: bool = True
    """Write a small picture beside every overlay, for the page of the run. On by default: about 10 kB an image."""

    candidates: bool = False
    """Write what scored below the reporting threshold, for FROC curves. Off by default: only evaluation needs it."""

    parquet: bool = False
    """Write the tables as Parquet too, beside the CSVs. Off by default: it needs pyarrow, 170 MB, which is an extra."""

    @field_validator("parquet")
    @classmethod
    def _can_be_written(cls, value: bool) -> bool:
        """Refuse what the run could only fail at in its end."""
        if value and find_spec("pyarrow") is None:
            message = "Parquet needs pyarrow: pip install 'mammocalc[parquet]'"
            raise ValueError(message)
        return value

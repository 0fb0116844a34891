"""An image that was analysed, and what several of its files are made of."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mammocalc.execution.outputs.overlay import OVERLAY
from mammocalc.model.study import study_of
from mammocalc.rendering.overlay import render_overlay
from mammocalc.results.from_json import from_json
from mammocalc.results.layout import STUDIES
from mammocalc.results.result import OverlayPlacement, Result
from mammocalc.results.to_json import to_json

if TYPE_CHECKING:
    from mammocalc.config import Config
    from mammocalc.execution.outputs.output import Output
    from mammocalc.execution.work_order import WorkOrder
    from mammocalc.model import Mammogram, Report
    from mammocalc.rendering.overlay import RenderedOverlay


class AnalysedImage:
    """
    An image that was analysed, and what several of its files are made of: each made once, when it is first asked for.

    Parameters
    ----------
    mammogram : Mammogram
    report : Report
        What was found in it.
    content : str
        The digest of the file that was read.
    order : WorkOrder
    """

    def __init__(self, mammogram: Mammogram, report: Report, content: str, order: WorkOrder) -> None:
        self.mammogram: Mammogram = mammogram
        self.report: Report = report
        self._content, self._order = content, order

    @property
    def config(self) -> Config:
        """Under which it was analysed."""
        return self._order.config

    def wants(self, output: Output) -> bool:
        """Whether a file of this kind is to be written."""
        return output.is_wanted(self.config, bool(self.report.calcifications))

    def place(self, output: Output) -> str:
        """Say where a file of this kind belongs."""
        key = self.report.identity.key
        return self._order.folder.place(output.kind, key, output.ending(self.config)).as_posix()

    @property
    def study_page(self) -> str | None:
        """Say where the page of its study will lie, which is written after all images; None for a single frame."""
        who = self.report.identity
        if who.frame is not None:
            return None
        uid, _ = study_of(who.sop_instance_uid, who.study_instance_uid, who.patient_key, who.study_day)
        return self._order.folder.place(STUDIES, uid, ".html").as_posix()

    @cached_property
    def picture(self) -> RenderedOverlay:
        """The overlay, before it is encoded."""
        return render_overlay(self.mammogram, self.report, self.config.overlay)

    @cached_property
    def document(self) -> dict[str, Any]:
        """The result as JSON."""
        placement = None
        if self.wants(OVERLAY):
            placement = OverlayPlacement(self.place(OVERLAY), self.picture.scale, self.picture.offset)
        made = replace(self._order.provenance, source_digest=self._content)
        return to_json(Result.of(self.report, made, placement))

    @cached_property
    def stored(self) -> Result:
        """The result as everybody else reads it, rounded to what its numbers mean."""
        return from_json(self.document)

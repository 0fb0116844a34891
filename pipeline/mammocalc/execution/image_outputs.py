"""The files that are written of one image: pictures, candidates, page and result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mammocalc.analysis.image import analyse
from mammocalc.rendering.details import render_details
from mammocalc.rendering.overlay import encode_overlay, encode_thumbnail, render_overlay
from mammocalc.results.from_json import from_json
from mammocalc.results.layout import CANDIDATES, OVERLAYS, RESULTS, THUMBNAILS, details_path
from mammocalc.results.result import OverlayPlacement, Result
from mammocalc.results.to_json import candidates_to_json, encode, to_json

if TYPE_CHECKING:
    from mammocalc.execution.work_order import WorkOrder
    from mammocalc.model import Mammogram, Report


def make_outputs(mammogram: Mammogram, content: str, order: WorkOrder) -> dict[str, bytes]:
    """Everything that is to be written of one image, by place; the result is last, so that where it is, all is."""
    config, uid = order.config, mammogram.identity.sop_instance_uid
    report = analyse(mammogram, config)
    outputs, placement = _draw(mammogram, report, order)
    if config.outputs.candidates:
        outputs[order.folder.place(CANDIDATES, uid, ".json").as_posix()] = encode(candidates_to_json(report))
    document = to_json(Result.of(report, replace(order.provenance, source_digest=content), placement))
    result = order.folder.place(RESULTS, uid, ".json").as_posix()
    outputs[details_path(result)] = render_details(from_json(document), result)
    outputs[result] = encode(document)
    return outputs


def _draw(mammogram: Mammogram, report: Report, order: WorkOrder) -> tuple[dict[str, bytes], OverlayPlacement | None]:
    """Give the pictures of an image, if the settings ask for them."""
    config, folder, uid = order.config, order.folder, report.identity.sop_instance_uid
    wanted = config.outputs.overlays
    if wanted == "none" or (wanted == "findings" and not report.calcifications):
        return {}, None
    rendered = render_overlay(mammogram, report, config.overlay)
    content, ending = encode_overlay(rendered, config.overlay)
    place = folder.place(OVERLAYS, uid, ending).as_posix()
    pictures = {place: content}
    if config.outputs.thumbnails:
        pictures[folder.place(THUMBNAILS, uid, ".jpg").as_posix()] = encode_thumbnail(rendered)
    return pictures, OverlayPlacement(place, rendered.scale, rendered.offset)

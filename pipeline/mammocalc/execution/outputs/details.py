"""The page of an image."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from mammocalc.execution.outputs.output import Output, always
from mammocalc.execution.outputs.result import RESULT
from mammocalc.rendering.details import render_details
from mammocalc.results.layout import DETAILS as KIND
from mammocalc.results.layout import OVERLAYS, RESULTS, study_page_near

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE_END: Final = b"</html>\n"
_STUDY: Final = re.compile(rb'"(?:\.\./)+studies/(?:[0-9a-f]{2}/)*([0-9.]+)\.html"')
"""The link to the page of its study, which is spread over as many subfolders."""


def _moved(page: bytes, old: Mapping[str, str], new: Mapping[str, str]) -> bytes:
    """Let its links lead from where it will be to where their files will be."""
    before, after = posixpath.dirname(old[KIND]), posixpath.dirname(new[KIND])
    for kind in (RESULTS, OVERLAYS):
        if kind in old:
            was, now = posixpath.relpath(old[kind], before), posixpath.relpath(new[kind], after)
            page = page.replace(f'"{was}"'.encode(), f'"{now}"'.encode())

    def lead_to(link: re.Match[bytes]) -> bytes:
        return f'"{posixpath.relpath(study_page_near(new[KIND], link[1].decode()), after)}"'.encode()

    return _STUDY.sub(lead_to, page)


DETAILS: Final = Output(
    KIND,
    (".html",),
    lambda _config: ".html",
    always,
    lambda image: render_details(image.stored, image.place(RESULT), image.study_page),
    lambda page: page.endswith(PAGE_END),
    _moved,
)

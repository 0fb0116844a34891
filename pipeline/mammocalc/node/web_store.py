"""STOW-RS user: sends objects to a DICOMweb server."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import pydicom
from requests import HTTPError, RequestException

from mammocalc.node.delivery import Answer, Fate, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mammocalc.node.web_server import WebServer

REFUSALS: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    }
)
"""What is said of the object itself; anything else may be put right on the server."""


class WebStore:
    """A server that stores by STOW-RS (PS3.18 10.5)."""

    def __init__(self, server: WebServer) -> None:
        self.name = server.host
        self._client = server.connect()

    def offer(self, files: Sequence[Path]) -> Iterator[Answer]:
        """
        Send files, each in a request of its own.

        Yields
        ------
        Answer
            One for each, in their order.

        Raises
        ------
        UnreachableError
            If the server does not answer.
        """
        for file in files:
            try:
                dataset = pydicom.dcmread(file)
            except FileNotFoundError:  # a newer state of the study has taken its place
                yield Answer(file, Fate.STORED)
                continue
            try:
                answer = self._client.store_instances([dataset])
            except HTTPError as error:
                code = 0 if error.response is None else error.response.status_code
                yield Answer(file, Fate.REFUSED if code in REFUSALS else Fate.LATER, f"HTTP status {code}")
                continue
            except RequestException as error:
                message = f"it does not answer ({type(error).__name__})"
                raise UnreachableError(message) from None
            is_refused = bool(answer.get("FailedSOPSequence"))  # it is there and empty where all went well
            yield Answer(file, Fate.REFUSED if is_refused else Fate.STORED, "it lists the object as failed")

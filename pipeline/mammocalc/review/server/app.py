"""Routes of the review server."""

from __future__ import annotations

import asyncio
import functools
import gzip
from contextlib import suppress
from importlib import resources
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final, TypeVar

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from mammocalc.review.server.action import ActionError
from mammocalc.review.server.actions import parse_action
from mammocalc.review.server.answers_file import AnswersError
from mammocalc.review.server.api_json import to_bytes, vocabulary
from mammocalc.review.server.decoding import NoPixelsError
from mammocalc.review.server.guard import Guard
from mammocalc.review.server.refusals import NotAllowedError, NotKnownError, NotServedError
from mammocalc.review.server.run_files import WrongFileError, parse_json
from mammocalc.review.server.run_index import PICTURES
from mammocalc.vocabulary.errors import MammocalcError

if TYPE_CHECKING:
    from concurrent.futures import Future
    from importlib.resources.abc import Traversable

    from starlette.types import ASGIApp

    from mammocalc.review.server.connections import Crowd
    from mammocalc.review.server.guard import Entry
    from mammocalc.review.server.reviewer import Review

Made = TypeVar("Made")
CODES: Final[dict[type[MammocalcError], int]] = {
    NotKnownError: 404,
    NoPixelsError: 404,
    NotAllowedError: 409,
    NotServedError: 403,
    ActionError: 422,
    AnswersError: 503,
}
KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
SERVED: Final = ("review/page", "rendering/pages/scripts")
"""Folders of the package whose files the page may ask for."""
PAGE: Final = "review/page/index.html"
LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
GZIP_LEVEL: Final = 1
"""Of pixels: 60 % of the bytes at 100 MB/s; better levels take longer than a network of today gains by them."""


def build_app(review: Review, entry: Entry, crowd: Crowd) -> ASGIApp:
    """
    Build the application with its guard before it.

    Parameters
    ----------
    review : Review
    entry : Entry
        Who is let in.
    crowd : Crowd
        Is told who was let in, and what went wrong.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    _add_errors(app, crowd)
    _add_questions(app, review)
    _add_pixels(app, review)
    _add_image(app, review)

    @app.get("/{name:path}")
    def page(name: str) -> Response:
        found = _static_files().get(name or PAGE)
        if found is None:
            raise HTTPException(404)
        return Response(found.read_bytes(), media_type=KINDS[PurePosixPath(found.name).suffix])

    return Guard(app, entry, crowd.know)


def _add_questions(app: FastAPI, review: Review) -> None:
    @app.get("/api/run")
    def run() -> Response:
        return _json(review.run())

    @app.get("/api/vocabulary")
    def words() -> Response:
        return _json(vocabulary())

    @app.get("/api/worklist")
    def worklist(request: Request, reader: str | None = None) -> Response:
        return _packed(to_bytes(review.worklist(reader)), request, "application/json")


def _add_pixels(app: FastAPI, review: Review) -> None:
    @app.get("/api/images/{uid}")
    async def image(request: Request, uid: str, reader: str | None = None) -> Response:
        drawn = await _ended(review.begin(uid))
        return await run_in_threadpool(
            lambda: _packed(to_bytes(review.image(uid, reader, drawn)), request, "application/json")
        )

    @app.get("/api/images/{uid}/pixels/{level}/{row}/{column}")
    async def pixels(request: Request, uid: str, level: int, row: int, column: int) -> Response:
        picture = (await _ended(review.begin(uid))).result()

        def answer() -> Response:
            tile, headers = review.tile(picture, level, row, column)
            return _packed(tile, request, "application/octet-stream", headers)

        return await run_in_threadpool(answer)

    @app.get("/api/images/{uid}/plain")
    async def plain(uid: str) -> Response:
        """Send a thumbnail without marks, or nothing where it cannot be drawn: the card then says so by itself."""
        try:
            return Response((await _ended(review.begin_plain(uid))).result(), media_type="image/jpeg")
        except NoPixelsError:
            return Response(status_code=204)


def _add_image(app: FastAPI, review: Review) -> None:
    @app.get("/api/images/{uid}/{kind}")
    def picture(uid: str, kind: str, reader: str | None = None) -> Response:
        if kind == "history":
            return _json({"history": review.history(uid, reader)})
        if kind not in {"overlay", "thumbnail"}:
            raise HTTPException(404)
        content, ending = review.file(uid, kind, reader)
        return Response(content, media_type=PICTURES[ending])

    @app.post("/api/images/{uid}/answers")
    async def answer(request: Request, uid: str) -> Response:
        try:
            body: Any = parse_json(await request.body())
        except WrongFileError:
            message = "The request is not JSON. Reload the page."
            raise ActionError(message) from None
        if not isinstance(body, dict):
            message = "The request holds no reader and no action. Reload the page."
            raise ActionError(message)
        action = parse_action(body.get("action"))
        return _json(await run_in_threadpool(review.take, uid, body.get("reader") or review.reader, action))


async def _ended(future: Future[Made]) -> Future[Made]:
    """Wait without a thread: a file that takes long to fail takes no thread from the other readers."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def tell(_: Future[Made]) -> None:
        with suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(ended.set)

    future.add_done_callback(tell)
    await ended.wait()
    return future


def _add_errors(app: FastAPI, crowd: Crowd) -> None:
    @app.exception_handler(MammocalcError)
    async def deliberate(_request: Request, error: Exception) -> Response:
        return _error(CODES.get(type(error), 500) if isinstance(error, MammocalcError) else 500, str(error))

    @app.exception_handler(HTTPException)
    async def not_here(_request: Request, error: Exception) -> Response:
        code = error.status_code if isinstance(error, HTTPException) else 500
        sentence = "This address takes no such request." if code == 405 else "There is nothing here. Reload the page."
        return _error(code, sentence)

    @app.exception_handler(RequestValidationError)
    async def not_read(_request: Request, _fault: Exception) -> Response:
        return _error(422, "The address contains an invalid number. Reload the page.")

    @app.exception_handler(Exception)
    async def unforeseen(_request: Request, error: Exception) -> Response:
        crowd.meet(error)
        sentence = f"The server met an unforeseen fault ({type(error).__name__}). Answers are safe; reload the page."
        return _error(500, sentence)


def _json(document: Any) -> Response:
    return Response(to_bytes(document), media_type="application/json")


def _error(code: int, sentence: str) -> Response:
    response = _json({"error": sentence})
    response.status_code = code
    return response


def _packed(body: bytes, request: Request, kind: str, headers: dict[str, str] | None = None) -> Response:
    """Send bytes; packed where a network lies between and the browser takes it: on one machine packing only waits."""
    own = dict(headers or {})
    is_near = request.client is not None and request.client.host in LOOPBACK
    if not is_near and "gzip" in request.headers.get("accept-encoding", ""):
        own["content-encoding"] = "gzip"
        body = gzip.compress(body, GZIP_LEVEL, mtime=0)
    return Response(body, media_type=kind, headers=own)


@functools.cache
def _static_files() -> dict[str, Traversable]:
    """List the files of the page by their paths in the package, under which they are asked for."""
    found: dict[str, Traversable] = {}
    stack = [(folder, resources.files("mammocalc").joinpath(folder)) for folder in SERVED]
    while stack:
        path, folder = stack.pop()
        for entry in folder.iterdir():
            if entry.is_dir():
                stack.append((f"{path}/{entry.name}", entry))
            elif PurePosixPath(entry.name).suffix in KINDS:
                found[f"{path}/{entry.name}"] = entry
    return found

"""The review server, from a command until it is stopped."""

from __future__ import annotations

import contextlib
import ipaddress
import signal
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mammocalc.config import uid_hasher
from mammocalc.files.claim import state_of
from mammocalc.review.server.access_token import keep_token, new_token
from mammocalc.review.server.answers import ANSWERS, Answers
from mammocalc.review.server.app import build_app
from mammocalc.review.server.browser import Opening
from mammocalc.review.server.connections import Crowd, most_connections, run_server
from mammocalc.review.server.decoders import Decoders
from mammocalc.review.server.guard import Entry
from mammocalc.review.server.locate import ImageFinder, look_beside
from mammocalc.review.server.open_runs import FinderOfBoth
from mammocalc.review.server.picture_store import PictureStore
from mammocalc.review.server.relations import Relations
from mammocalc.review.server.reviewer import Review
from mammocalc.review.server.run_index import read_index
from mammocalc.review.server.settings import ReviewSettings
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.image_key import split_key
from mammocalc.vocabulary.loopback import LOOPBACK, is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mammocalc.review.server.run_index import Image

SURVEY_S = 5.0
"""How long the start waits for the search of images that are not at their places: some 2,500 headers."""

UNFINISHED: Final = {
    "running": "The run is still going on.",
    "stopped": "The run was stopped before its end; its command goes on.",
    "interrupted": "The run was interrupted before its end; its command goes on.",
}


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """
    What is to be reviewed, and who is served.

    ``reader`` is None where nobody was named; ``host`` None for this machine
    alone; ``port`` 0 for any that is free.
    """

    run: Path
    images: Path | None = None
    answers: Path | None = None
    reader: str | None = None
    is_blinded: bool = False
    host: str | None = None
    port: int = 0
    token_file: Path | None = None
    opens_browser: bool = True
    salt_file: Path | None = None
    comparison: Path | None = None
    prior_run: Path | None = None
    settings: ReviewSettings = field(default_factory=ReviewSettings)


def serve(request: ReviewRequest, say: Callable[[str], None]) -> None:
    """
    Serve a review until the process is stopped.

    Parameters
    ----------
    request : ReviewRequest
    say : callable
        Gets what the user has to know, line by line; the address stands in
        one of them as one word.

    Raises
    ------
    UsageError
        If the run, the images, the answers, the token or the address cannot
        be used; nothing is served then.
    """
    _check_host(request)
    if request.images is not None and not request.images.is_dir():
        message = f"--images {request.images} is not a folder. Name the folder that holds the DICOM files of the run."
        raise UsageError(message)
    index = read_index(request.run)
    if request.prior_run is not None and request.comparison is None:
        message = "--prior-run needs --comparison: what mammocalc compare wrote of the two runs."
        raise UsageError(message)
    prior_index = None if request.prior_run is None else read_index(request.prior_run)
    relations = Relations(index, request.comparison, prior_index)
    configuration = index.record.get("configuration")  # of a record that somebody else may have written
    public_uid = uid_hasher(configuration if isinstance(configuration, dict) else {}, request.salt_file)
    token = new_token() if request.token_file is None else keep_token(request.token_file)
    with (
        contextlib.closing(Answers(request.answers or request.run / ANSWERS)) as answers,
        Decoders(public_uid=public_uid or str) as decoders,
    ):
        recorded = {split_key(key)[0]: image.input_path for key, image in index.images.items()}
        beside = (request.run.resolve().parent, Path.cwd())
        images = request.images or look_beside(beside, recorded, decoders.read_uid)
        finder = ImageFinder(images, recorded, decoders.read_uid)
        priors = relations.runs.priors
        prior_finder = _finder_of_priors(request, priors, decoders)
        identities = {uid: image.identity for uid, image in {**priors, **index.images}.items()}
        shapes = {uid: (identity.rows, identity.columns) for uid, identity in identities.items()}
        review = Review(
            relations,
            answers,
            PictureStore(FinderOfBoth(finder, prior_finder, priors), request.settings, decoders, shapes),
            reader=request.reader,
            is_pinned=request.reader is not None,
            is_blinded=request.is_blinded,
            tile_px=request.settings.tile_px,
        )
        with _listen(request.host or LOOPBACK, request.port) as listening:
            port = listening.getsockname()[1]
            hosts = _names(request.host, port)
            crowd = Crowd(say, most_connections())
            app = build_app(review, Entry(token, frozenset(hosts), request.settings.max_body_bytes), crowd)
            address = f"http://{hosts[0]}/t/{token}/"
            said = _introduce(request, review, finder, address)
            for line in (*relations.problems, *said[:1], *_say_priors(prior_finder, priors), *said[1:]):
                say(line)
            if public_uid is None:
                say("The run has hashed UIDs under a secret salt: give it with --salt-file to see the images' pixels.")
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does, not in the middle
            opening = Opening(address) if request.opens_browser else contextlib.nullcontext()
            with contextlib.suppress(KeyboardInterrupt), opening:
                run_server(app, listening, crowd)
    say("Stopped. Every answer is saved.")


def _finder_of_priors(request: ReviewRequest, priors: Mapping[str, Image], decoders: Decoders) -> ImageFinder:
    """Look for the prior run's images in the folder that was named, else beside that run."""
    recorded = {uid: image.input_path for uid, image in priors.items()}
    images = request.images
    if images is None and request.prior_run is not None:
        images = look_beside((request.prior_run.resolve().parent, Path.cwd()), recorded, decoders.read_uid)
    return ImageFinder(images, recorded, decoders.read_uid)


def _say_priors(finder: ImageFinder, priors: Mapping[str, Image]) -> list[str]:
    """Say how many priors of the other run are shown, and whether their pixels are."""
    if not priors:
        return []
    shown = f"{len(priors)} prior{'' if len(priors) == 1 else 's'} of the prior run"
    if finder.folder is None:
        return [f"{shown}, shown from overlays: no files were found beside it. Name the folder of both with --images."]
    found, of, is_done = finder.survey(SURVEY_S)
    if found == of or not is_done:
        return [f"{shown}."]
    return [f"{shown}; of {of - found} no file lies under --images, so these are shown from their overlays."]


def _check_host(request: ReviewRequest) -> None:
    """Refuse to leave this machine without a token that somebody chose to hand out."""
    if request.host is None:
        return
    if request.token_file is None:
        message = (
            "--host lets other machines in, so it needs --token-file FILE: the file holds the token of the address, "
            "and is written if it does not exist. Whoever has the address can see the images and answer."
        )
        raise UsageError(message)
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(request.host).is_unspecified:
            message = (
                f"--host {request.host} would answer under any name. Give the one address or name of this machine "
                "under which the readers reach it."
            )
            raise UsageError(message)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError):
        message = f"--host {host} is no address or name of this machine."
        raise UsageError(message) from None
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # else a server that was stopped could not be started again for a minute
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(128)
    except OSError as error:
        listening.close()
        message = f"port {port} of {host} cannot be used ({error.strerror}). Choose another --port, or none."
        raise UsageError(message) from None
    return listening


def _names(host: str | None, port: int) -> list[str]:
    """Give the Host headers that are served, the one of the printed address first."""
    if host is None:
        return [f"{LOOPBACK}:{port}", f"localhost:{port}"]
    named = f"[{host}]" if ":" in host else host
    return [f"{named}:{port}".lower()] + ([named.lower()] if port == 80 else [])


def _introduce(request: ReviewRequest, review: Review, finder: ImageFinder, address: str) -> list[str]:
    """Say what is served, to whom, and where answers go."""
    count = len(review.index.images)
    lines = [
        f"{count} image{'' if count == 1 else 's'} of {request.run}; answers in {review.answers.file}",
        f"Open {address}",
    ]
    state = state_of(request.run, review.index.record.get("state"))
    if state in UNFINISHED:
        lines.append(f"{UNFINISHED[state]} What it has analysed by now is shown; start the review again for the rest.")
    if review.answers.is_on_share:
        lines.append(
            "The answers lie on a network share, so SQLite's log file is not used: it must not be shared between "
            "machines. Let one server at a time write there, or keep the answers on a local disk with --answers."
        )
    told = _say_images(request, finder, count)
    lines += [told] if told else []
    damaged = review.answers.damaged()
    if damaged:
        rows = ", ".join(str(row.number) for row in damaged[:10]) + (", ..." if len(damaged) > 10 else "")
        lines.append(
            f"{len(damaged)} row{'' if len(damaged) == 1 else 's'} of the answers cannot be read and count for nothing "
            f"({rows}); --export says why. All others count."
        )
    if request.reader is None:
        lines.append("The page asks who is reading; --reader NAME answers that for everybody.")
    if request.host is not None and not is_loopback(request.host):
        lines.append(
            f"EXPOSED to the network on {request.host}: whoever has the address, token included, sees every image "
            "with all that is burned into its pixels, and can answer under any name. It is plain HTTP, so whoever "
            "can listen on the network can read it: use an SSH tunnel or a TLS proxy outside of a trusted network."
        )
    lines.append("Ctrl-C stops the server.")
    return lines


def _say_images(request: ReviewRequest, finder: ImageFinder, count: int) -> str:
    """Say where the images are, or that they are not there; empty where they are where they should be."""
    if finder.folder is None:
        return (
            "The images were not found beside the run, so each case is shown from its overlay. "
            "Name their folder with --images."
        )
    found, of, is_done = finder.survey(SURVEY_S) if count else (0, 0, True)
    if request.images is None:
        which = "The images were" if found == of else "A part of the images was"
        return f"{which} found in {finder.folder}; --images FOLDER names another place."
    if not is_done:
        return f"Not all images lie at their places under --images {request.images}; they are being searched for."
    if found == of:
        return ""
    if found:
        return f"{found} of {of} images of this run lie under --images {request.images}; the others have no pixels."
    return (
        f"WRONG --images? No image of this run lies under {request.images}, so each case is shown from its "
        "overlay. Name the folder that holds the very files that were analysed."
    )

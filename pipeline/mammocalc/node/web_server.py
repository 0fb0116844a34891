"""A DICOMweb server that the user has named."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from dicomweb_client import DICOMwebClient

    from mammocalc.node.certificates import Certificates

TIMEOUT_S: Final = (10.0, 60.0)
"""To connect, and to wait for the next bytes."""
SCHEMES: Final = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class WebServer:
    """
    A DICOMweb server.

    ``token_file`` is None, or holds on its first line what is sent as ``Authorization: Bearer``. With certificates the
    server's has to be of their authority, and the node's is shown where the server asks for one.
    """

    url: str
    token_file: Path | None = None
    certificates: Certificates | None = None

    @property
    def is_plain(self) -> bool:
        """Whether what is sent there can be read on the way."""
        return urlsplit(self.url).scheme == "http"

    @property
    def host(self) -> str:
        """Where it is."""
        return urlsplit(self.url).hostname or ""

    def connect(self) -> DICOMwebClient:
        """Make a client; nothing is asked yet."""
        import requests  # noqa: PLC0415 - takes half a second, which only nodes with a DICOMweb server need
        from dicomweb_client import DICOMwebClient  # noqa: PLC0415

        for name in ("dicomweb_client", "urllib3", "requests"):  # they quote addresses and UIDs
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        session = requests.Session()
        session.trust_env = False  # no proxy or password that the user has not named here
        if self.token_file is not None:
            session.headers["Authorization"] = f"Bearer {_read_token(self.token_file)}"
        if self.certificates is not None:
            session.verify = str(self.certificates.authority)
            session.cert = (str(self.certificates.certificate), str(self.certificates.key))
        client = DICOMwebClient(self.url, session=session, timeout=TIMEOUT_S)
        client.set_http_retry_params(retry=False)  # who calls waits by rules of its own
        return client


def parse_url(text: str, option: str) -> str:
    """
    Take the address of a DICOMweb service.

    Raises
    ------
    UsageError
        Where it is none.

    Examples
    --------
    >>> parse_url("https://archive.example/dicom-web/", "--web-to")
    'https://archive.example/dicom-web'
    """
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in SCHEMES and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address or any(character.isspace() for character in text):
        message = (
            f"{option} {text}: write the address of a DICOMweb service, such as https://archive.example/dicom-web."
        )
        raise UsageError(message)
    if parts.username is not None or parts.query or parts.fragment:
        message = f"{option}: an address has no password, ? or # in it. Name a file with the token: --web-token-file."
        raise UsageError(message)
    return text.rstrip("/")


def _read_token(file: Path) -> str:
    try:
        token = file.read_text(encoding="ascii").splitlines()[0].strip()
    except (OSError, UnicodeDecodeError, IndexError):
        token = ""
    if not token or not token.isprintable():
        message = f"--web-token-file {file}: its first line has to be a token."
        raise UsageError(message)
    return token

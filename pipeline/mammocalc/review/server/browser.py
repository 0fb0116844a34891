"""Opening the browser without the secret address on its command line, which all users can see."""

from __future__ import annotations

import html
import os
import shutil
import tempfile
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

KEPT_S: Final = 60.0
"""A browser that starts on a slow machine has read the file by then."""
_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={address}">
<title>Review</title>
<p><a href="{address}">Open the review</a></p>
</html>
"""


class Opening:
    """
    Opens an address by a file that leads there, which its owner alone can read; a context manager.

    The file is removed after a minute, or at the end.

    Parameters
    ----------
    address : str
        With the token.
    """

    def __init__(self, address: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="mammocalc-"))  # for its owner alone
        file = self._folder / "open.html"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(_PAGE.format(address=html.escape(address)))
        self._timer = threading.Timer(KEPT_S, self._remove)
        self._timer.daemon = True
        self._timer.start()
        threading.Thread(target=self._open, args=(file.as_uri(),), daemon=True).start()

    def __enter__(self) -> Self:
        """Nothing more is needed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the file."""
        self._timer.cancel()
        self._remove()

    def _open(self, address: str) -> None:
        with suppress(Exception):  # the address is printed as well
            webbrowser.open(address)

    def _remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

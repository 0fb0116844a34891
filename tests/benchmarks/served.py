"""The review of a run as readers have it: a server in a process of its own, and pages in a headless Chromium."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def served(run: object, images: object, *options: str) -> Iterator[str]:
    """Serve a run to the reader Ada for as long as this lasts, and give the address of its page."""
    command = [sys.executable, "-m", "mammocalc", "review", str(run), "--images", str(images), "--reader", "Ada"]
    command += ["--no-browser", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said = ""
        for line in process.stdout or ():
            said += line
            if "Ctrl-C" in line:
                break
        found = re.search(r"http://\S+", said)
        if found is None:
            raise SystemExit(said)
        yield found.group()
    finally:
        process.terminate()
        process.communicate(timeout=30)


@contextmanager
def chromium() -> Iterator[Any]:
    """Open the Chromium at /usr/bin/chromium without a window; it draws WebGL2 by software."""
    options = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--no-proxy-server"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options)
        yield browser
        browser.close()

from __future__ import annotations

import gc
import threading
import warnings
from typing import TYPE_CHECKING

import pytest
from hospital import own_network
from pynetdicom.association import Association

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def closed_sockets() -> Iterator[None]:
    """pynetdicom leaves TLS sockets that the other side has closed to the garbage collector, which complains."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        for thread in threading.enumerate():
            if isinstance(thread, Association):
                thread.join(5)
        gc.collect()


@pytest.fixture
def network() -> Iterator[None]:
    """A network with nothing but a loopback, for archives that listen on every address there is."""
    try:
        back = own_network()
    except (OSError, AttributeError) as error:
        pytest.skip(f"no network of one's own can be made here ({error}): Orthanc is not tried")
    yield
    back()

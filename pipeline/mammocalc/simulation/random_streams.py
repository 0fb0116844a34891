"""Random numbers of a scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mammocalc.simulation.recipe import Scene


def random_stream(scene: Scene, name: str) -> np.random.Generator:
    """Give a generator of its own for each part, so that a change in one part leaves the others as they are."""
    words = np.frombuffer(name.encode().ljust(16), dtype="<u4").tolist()
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([scene.seed, *words])))

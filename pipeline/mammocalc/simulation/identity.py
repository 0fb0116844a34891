"""Unique identifiers derived from their content, so that equal recipes give equal files."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pydicom.uid import UID

if TYPE_CHECKING:
    from mammocalc.simulation.recipe import Scene


def make_uid(*words: str) -> UID:
    """Derive a UID from words: the same words give the same UID, under the root 2.25 that anyone may use."""
    digest = hashlib.sha256("\0".join(words).encode()).digest()
    # The first bits are those of a version 8 (custom) UUID, RFC 9562.
    value = bytearray(digest[:16])
    value[6] = value[6] & 0x0F | 0x80
    value[8] = value[8] & 0x3F | 0x80
    return UID(f"2.25.{int.from_bytes(value, 'big')}")


def sop_instance_uid(scene: Scene) -> UID:
    """Give the SOP Instance UID of a scene: any change of the scene changes it."""
    return make_uid("instance", scene.model_dump_json())

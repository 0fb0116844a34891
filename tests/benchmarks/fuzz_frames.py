"""
Whether any damage to a compressed frame can end a decoder's process, or give an image of another size.

    python tests/benchmarks/fuzz_frames.py --inputs 6000

Each transfer syntax has a child process of its own, which damages a small frame in its markers, sizes and samples and
hands it to the reader of pixels. `fuzz_reader.py` damages whole files, and reaches the decoders less often.
Ends with 1 if a child did not end by itself.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from random import Random
from typing import Final

import imagecodecs
import numpy as np
from frames import BASELINE, LOSSLESS, LOSSY, encode_baseline

from mammocalc.dicom.pixels.decode import SYNTAXES, decode_frame
from mammocalc.dicom.pixels.layout import PixelLayout
from mammocalc.vocabulary.errors import ImageUnreadableError

ROWS, COLUMNS = 64, 48
LAYOUT: Final = PixelLayout(ROWS, COLUMNS, 16, 12, 11, is_signed=False, is_monochrome1=False)
SYNTAX_UIDS: Final = (*LOSSLESS, *LOSSY, BASELINE)
HEADS: Final = (60, 120, 300, 1 << 30)
"""Damage lies in the first bytes as often as anywhere: there the sizes are."""


def small_frames(uid: str) -> list[bytes]:
    """Give frames of one syntax to begin with; of JPEG 2000 one with the boxes of a JP2 file."""
    noise = np.random.default_rng(1).normal(0, 25, (ROWS, COLUMNS))
    image = np.clip(2000 + 30 * np.arange(COLUMNS) + noise, 0, 4095).astype(np.uint16)
    frames = [encode_baseline(image) if uid == BASELINE else bytes((LOSSLESS | LOSSY)[uid](image))]
    if uid.endswith(".90"):
        frames.append(bytes(imagecodecs.jpeg2k_encode(image, codecformat="jp2", level=0, reversible=True)))
    return frames


def damage(frame: bytes, random: Random) -> bytes:
    """Change a few bytes, and now and then take some out."""
    damaged = bytearray(frame)
    for _ in range(random.choice((1, 1, 2, 4, 10))):
        at = random.randrange(min(len(damaged), random.choice(HEADS)))
        damaged[at] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256), damaged[at] ^ 0x10))
    if random.random() < 0.2:
        first, second = sorted((random.randrange(len(damaged)), random.randrange(len(damaged))))
        del damaged[first:second]
    return bytes(damaged)


def fuzz(uid: str, inputs: int, seed: int) -> Counter[str]:
    """Hand over damaged frames of one syntax, and count what became of them."""
    random, frames, outcomes = Random(seed), small_frames(uid), Counter[str]()
    for _ in range(inputs):
        try:
            decoded = decode_frame(damage(random.choice(frames), random), LAYOUT, SYNTAXES[uid])
        except ImageUnreadableError as error:
            outcomes[str(error.reason)] += 1
            continue
        if decoded is not None and decoded[0].shape != (ROWS, COLUMNS):
            message = f"an image of {decoded[0].shape}"
            raise AssertionError(message)
        outcomes["read"] += 1
    return outcomes


def main() -> int:
    """Run all syntaxes, each in a child."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=6000, help="damaged frames of each transfer syntax")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(asked.child, *(f"{count} {name}" for name, count in fuzz(asked.child, asked.inputs, asked.seed).items()))
        return 0
    n_ended = 0
    for uid in SYNTAX_UIDS:
        child = [sys.executable, __file__, "--child", uid, "--inputs", str(asked.inputs), "--seed", str(asked.seed)]
        done = subprocess.run(child, check=False)
        if done.returncode:
            print(f"{uid}: ended with {done.returncode}", flush=True)
            n_ended += 1
    print(f"{n_ended} findings")
    return min(n_ended, 1)


if __name__ == "__main__":
    sys.exit(main())

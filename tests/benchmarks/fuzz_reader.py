"""
Whether any file can get past the DICOM reader in another way than as a mammogram or an error that says why not.

    python tests/benchmarks/fuzz_reader.py --inputs 20000
    python tests/benchmarks/fuzz_reader.py --only 4711 --keep /tmp/found

Each input is a real DICOM file, damaged in one to four ways by a random generator that is seeded with the number of
the input, so that any of them can be made again alone. It goes the way of a run: it is discovered, its header is read
for the plan, and it is read and decoded. A child process does that, under a limit of memory and of time for each
input, so that a crash of a decoder is a finding and not the end.

A finding is: an exception that is not of `mammocalc.vocabulary.errors`, more memory or more time than the limit, the
end of the child, a mammogram that contradicts itself, a message that names the patient or the file, a word on the
terminal. Ends with 1 if there were any.  The generator is one of our own because the reader calls decoders in C++
and Rust. Atheris ends at the first crash and sees nothing of the coverage in there; Hypothesis, which tries small
files of another kind in tests/properties/test_dicom_robustness.py, lives in the process that it tests.
"""

from __future__ import annotations

import argparse
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np
from reader_corpus import PATIENT_ID, PATIENT_NAME, make_corpus
from reader_mutations import mutate

from mammocalc.dicom import DicomSettings, ReadSettings, read_mammogram, read_sop_instance_uid
from mammocalc.dicom.discover import discover
from mammocalc.dicom.privacy.identifiers import personal_tokens
from mammocalc.vocabulary.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_PIXELS: Final = 4_000_000
SETTINGS: Final = DicomSettings(read=ReadSettings(max_pixels=MAX_PIXELS))
"""A fiftieth of the default, so that the limit of memory can be low."""
MEMORY_MB: Final = 256
"""What reading may take: a deflated data set of 72 MB twice, as zlib joins it, and 28 bytes for each of the pixels."""
ADDRESS_MB: Final = 1024
"""What may be asked for, beside the interpreter and its libraries: a limit of the system, so that no lie harms it."""
CPU_SECONDS: Final = 10
WALL_SECONDS: Final = 120
"""What an input may take: of the processor, and, for one that waits for ever, of the clock of a busy machine."""
EXAMPLES: Final = 3
SECRETS: Final = (*PATIENT_NAME.split("^"), PATIENT_ID)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz the DICOM reader; 0 if nothing was found."""
    parser = argparse.ArgumentParser(description="Read damaged DICOM files and report what should not happen.")
    parser.add_argument("--inputs", type=int, default=20_000, help="how many files are tried")
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--only", type=int, help="try this one alone")
    parser.add_argument("--keep", type=Path, help="folder for the files that were found")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    numbers = range(options.first, options.first + options.inputs)
    if options.only is not None:
        numbers = range(options.only, options.only + 1)
    if options.child is not None:
        _try_inputs(options.child, numbers, options.keep)
        return 0
    with tempfile.TemporaryDirectory(prefix="fuzz_reader") as folder:
        (Path(folder) / "corpus").mkdir()
        make_corpus(Path(folder) / "corpus")
        return _supervise(Path(folder), numbers, options.keep)


def _supervise(folder: Path, numbers: range, keep: Path | None) -> int:
    """Start children until every input was tried, and say what came of it."""
    answers: Counter[str] = Counter()
    findings: list[str] = []
    slowest = (0.0, 0)
    started = time.monotonic()
    at = numbers.start
    while at < numbers.stop:
        command = [sys.executable, __file__, "--child", str(folder), "--first", str(at)]
        command += ["--inputs", str(numbers.stop - at)] + (["--keep", str(keep)] if keep else [])
        (folder / "answers").write_bytes(b"")
        ended = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
        lines = (folder / "answers").read_text(encoding="utf-8").splitlines()
        for line in lines:
            number, seconds, answer = line.split("\t", 2)
            slowest = max(slowest, (float(seconds), int(number)))
            answers[answer.partition(":")[0]] += 1
            if answer.startswith("FOUND"):
                findings.append(f"input {number}: {answer}")
            at = int(number) + 1
        noise = (ended.stdout + ended.stderr).strip()
        if ended.returncode != 0:
            findings.append(f"input {at}: FOUND the end of the process ({_end(ended.returncode)}) {noise[-2000:]}")
            answers["FOUND"] += 1
            at += 1
        elif noise:
            findings.append(f"before input {at}: FOUND words on the terminal: {noise[-500:]}")
        if ended.returncode == 0 and not lines:
            break
    kinds = Counter(_kind(finding) for finding in findings)
    for kind, count in kinds.most_common():
        alike = [finding for finding in findings if _kind(finding) == kind]
        print(f"{count} x {kind}", *alike[:EXAMPLES], sep="\n    ")
    for answer, count in answers.most_common():
        print(f"{count:7d}  {answer}")
    print(
        f"{len(numbers)} inputs in {time.monotonic() - started:.0f} s, slowest {slowest[0]:.2f} s (input {slowest[1]})"
    )
    print(f"{len(findings)} findings")
    return 1 if findings else 0


def _kind(finding: str) -> str:
    """Give what findings that are alike have in common: the last part of each."""
    return finding.rpartition(" | ")[2].partition("(")[0][:100]


def _end(code: int) -> str:
    if code in {-signal.SIGALRM, -signal.SIGPROF}:
        return f"more than {CPU_SECONDS} s of the processor, or {WALL_SECONDS} s of the clock"
    return signal.Signals(-code).name if code < 0 else f"code {code}"


def _try_inputs(folder: Path, numbers: range, keep: Path | None) -> None:
    """Try inputs one after the other in this process, and write down each answer at once."""
    corpus = sorted(path for path in (folder / "corpus").rglob("*") if path.is_file())
    contents = [path.read_bytes() for path in corpus]
    weights = [0.1 if path.stem == "bomb" else 1 for path in corpus]  # it takes a hundred times as long as others
    for path in corpus:  # every library that will be loaded is, before the memory is counted
        if path.stem != "bomb":
            _read(path, None, [])
    address = (_status_mb("VmSize") + ADDRESS_MB) << 20
    resource.setrlimit(resource.RLIMIT_AS, (address, address))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with (folder / "answers").open("w", encoding="utf-8", buffering=1) as answers:
        for number in numbers:
            random = Random(number)
            (chosen,) = random.choices(range(len(corpus)), weights)
            content = mutate(contents[chosen], contents, random)
            place = folder / "input"
            place.mkdir(exist_ok=True)
            path = place / ("DICOMDIR" if corpus[chosen].name == "DICOMDIR" else "x.dcm")
            path.write_bytes(content)
            if keep is not None:  # kept before it is read: the reading may be the end of this process
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{number}.dcm").write_bytes(content)
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak
            before_mb = _status_mb("VmRSS")
            signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
            signal.alarm(WALL_SECONDS)
            began = time.process_time()
            answer = _answer(path)
            signal.alarm(0)
            signal.setitimer(signal.ITIMER_PROF, 0)
            seconds = time.process_time() - began
            peak_mb = _status_mb("VmHWM") - before_mb
            if peak_mb > MEMORY_MB:
                answer = f"FOUND: more memory than the limit | {answer} ({peak_mb} MB)"
            path.unlink()
            answers.write(f"{number}\t{seconds:.3f}\t{answer}\n")
            if keep is not None and not answer.startswith("FOUND"):
                (keep / f"{number}.dcm").unlink()


def _status_mb(name: str) -> int:
    """Read a figure of this process from Linux."""
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) >> 10


def _answer(path: Path) -> str:
    """Lead one file through the reader, and say what came out in one line."""
    try:
        discovery = discover([path.parent])
        files = [path, *(file.path for file in discovery.files if file.path != path)]
        uids = [read_sop_instance_uid(file) for file in files]
        for file in files:
            personal_tokens(file, 2 * MAX_PIXELS)
        messages = [problem.message for problem in discovery.problems]
        answer = _read(path, uids[0], messages)
    except BaseException:  # noqa: BLE001 - whatever gets here is a finding
        return "FOUND: " + " | ".join(traceback.format_exc().splitlines()[-6:])
    if any(secret in message for message in messages for secret in (*SECRETS, str(path), "x.dcm")):
        return f"FOUND: a message names the patient or the file | {messages}"
    return answer


def _read(path: Path, uid: str | None, messages: list[str]) -> str:
    """Read one file; `messages` takes what it is told."""
    try:
        mammogram = read_mammogram(path, SETTINGS)
    except ImageError as error:
        messages.append(error.message)
        if "not enough memory" in error.message:
            return "FOUND: more memory than the limit of the system | it was told so"
        return str(error.reason)
    pixels, identity = mammogram.pixels, mammogram.identity
    holds = (
        identity.sop_instance_uid == uid,
        pixels.codes.shape == (identity.rows, identity.columns),
        pixels.codes.dtype == np.uint16,
        int(pixels.codes.max()) < len(pixels.modality_values) == len(pixels.display_grey) == len(pixels.is_padding),
        bool(np.isfinite(pixels.modality_values).all()),
    )
    return "read" if all(holds) else f"FOUND: a mammogram that contradicts itself | {holds}"


if __name__ == "__main__":
    sys.exit(main())

"""
How a node bears what happens in a hospital, on the loopback.

    python tests/benchmarks/node.py [limits] [down] [killed] [many] [--studies N]

limits: 20 silent connections and a right call, a stranger's AE title, a plain call to a TLS port.
down: a destination that is away for ten seconds.
killed: SIGKILL while a study is analysed, and while one is sent.
many: N studies (100) of one small mammogram each, back to back: what was delivered how often, and the node's memory.
All of them where none is named. Images are simulated, for a figure here says nothing about findings.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from hospital import (
    ARCHIVE,
    archive,
    client_tls,
    echo,
    free_port,
    running,
    send,
    silent_sockets,
    tls_options,
    wait_until,
    write_certificates,
    write_study,
)
from run_files import small_scene
from throughput import resident_mb

from mammocalc.simulation import simulate
from mammocalc.simulation.recipe import Recipe
from mammocalc.simulation.vocabulary import Kind

if TYPE_CHECKING:
    import ssl

SILENT = 20
AWAY_S = 10.0
MOMENTS_S = (0.5, 1.5, 2.5, 3.5, 4.5)
QUICK = ("--settle", "0.5", "--from", ARCHIVE, "--set", "outputs.overlays=none")


def main() -> None:
    """Print the figures that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", nargs="*", help="limits, down, killed, many")
    parser.add_argument("--studies", type=int, default=100)
    arguments = parser.parse_args()
    wanted = arguments.figures or ["limits", "down", "killed", "many"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate(folder / "simulated", Recipe(scenes=(small_scene("small", Kind.GROUPED, patient=1),)))
        image = folder / "simulated" / "small.dcm"
        if "limits" in wanted:
            measure_limits(folder)
        if "down" in wanted:
            measure_down(folder, image)
        if "killed" in wanted:
            measure_killed(folder, image)
        if "many" in wanted:
            measure_many(folder, image, arguments.studies)


def measure_limits(folder: Path) -> None:
    """Call a node that strangers hold on to."""
    keys = folder / "keys"
    write_certificates(keys)
    with running(folder / "plain", "--from", ARCHIVE) as node:
        silent = silent_sockets(node.port, SILENT)
        print(f"{SILENT} silent connections: a right call {call(node.port)}")
        silent += silent_sockets(node.port, 10 * SILENT)
        print(f"{11 * SILENT} silent connections: {call(node.port)}")
        print(f"a stranger's AE title: refused {not echo(node.port, 'STRANGER')}")
        for one in silent:
            one.close()
    with running(folder / "tls", *tls_options(keys)) as node:
        silent = silent_sockets(node.port, SILENT)
        print(f"TLS, {SILENT} silent connections: {call(node.port, client_tls(keys, 'archive'))}")
        print(f"a plain call to the TLS port: refused {not echo(node.port)}")
        print(f"TLS without a certificate: refused {not echo(node.port, tls=client_tls(keys, None))}")
        print(f"TLS with another authority's: refused {not echo(node.port, tls=client_tls(keys, 'stranger'))}")
        for one in silent:
            one.close()


def call(port: int, tls: ssl.SSLContext | None = None) -> str:
    """Call the node, and say whether and when it answered."""
    began = time.monotonic()
    is_answered = echo(port, tls=tls)
    return f"answered {is_answered} in {time.monotonic() - began:.2f} s"


def measure_down(folder: Path, image: Path) -> None:
    """Bring the destination up ten seconds after the results are ready."""
    port = free_port()
    with running(folder / "down", *QUICK, "--send-to", f"{ARCHIVE}@127.0.0.1:{port}") as node:
        send(node.port, write_study([image], folder / "in", 1))
        node.wait_for("it cannot be reached")
        time.sleep(AWAY_S)
        with archive(folder / "down_archive", port=port) as store:
            began = time.monotonic()
            node.wait_for("stored by", seconds=120)
            waited = time.monotonic() - began
            print(f"destination down for {AWAY_S:g} s: {told(store.received)}, {waited:.1f} s after it came up")


def measure_killed(folder: Path, image: Path) -> None:
    """Kill the node at several moments of a study, and start it again."""
    for number, moment in enumerate(MOMENTS_S, start=100):
        files = write_study([image], folder / "in", number)
        spool = folder / f"killed{number}"
        with archive(folder / f"killed_archive{number}") as store:
            arguments = (*QUICK, "--send-to", store.address)
            with running(spool, *arguments) as node:
                send(node.port, files)
                node.wait_for("analysing")
                time.sleep(moment)
                node.kill()
            before = len(store.received)
            with running(spool, *arguments):
                wait_until(lambda spool=spool: any((spool / "done").iterdir()), 120)  # type: ignore[misc]
                time.sleep(1)
            print(f"SIGKILL {moment:g} s after the start of a study ({before} objects sent): {told(store.received)}")


def measure_many(folder: Path, image: Path, count: int) -> None:
    """Send studies one after the other, as fast as the node takes them."""
    with (
        archive(folder / "many_archive") as store,
        running(folder / "many", *QUICK, "--send-to", store.address) as node,
    ):
        began = time.monotonic()
        done = folder / "many" / "done"
        memory = []
        process = psutil.Process(node.process.pid)
        sent = 0
        for number in range(1000, 1000 + count):
            sent += send(node.port, write_study([image], folder / "in", number)) == [0]
            memory.append(resident_mb(process))
        in_s = time.monotonic() - began
        while len(list(done.iterdir())) < count:
            time.sleep(1)
            memory.append(resident_mb(process))
        studies = {one.name for one in done.iterdir()}
        print(
            f"{count} studies: {sent} accepted in {in_s:.0f} s, {len(studies)} done in {time.monotonic() - began:.0f} s"
        )
        print(f"delivered: {told(store.received)}")
        quarter = len(memory) // 4
        steps = [f"{memory[at]:.0f}" for at in (0, quarter, 2 * quarter, 3 * quarter, len(memory) - 1)]
        print(f"resident memory of the node at five moments: {', '.join(steps)} MiB; most {max(memory):.0f} MiB")


def told(received: dict[str, int]) -> str:
    """Say how many objects came, and how often at most."""
    return f"{len(received)} objects, each at most {max(received.values(), default=0)} times"


if __name__ == "__main__":
    main()

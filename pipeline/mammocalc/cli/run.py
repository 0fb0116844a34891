"""``mammocalc run``: analyses mammograms."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mammocalc.cli.address import parse_output
from mammocalc.cli.exit_codes import DONE, EXIT_CODES, SOME_FAILED, STOPPED, WRONG_CALL
from mammocalc.cli.option_types import local_path, mebibytes, non_empty, positive, seconds
from mammocalc.cli.shared_options import add_configuration, read_salt
from mammocalc.cli.stop_signals import stop_on_signal
from mammocalc.cli.terminal import ignored_warnings, report_error
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    import argparse

DESCRIPTION: Final = """\
Analyse every mammogram in the given files, folders (of any depth) and DICOMDIRs, and leave in DIR:

  index.html               the run at a glance, in any browser
  results/<UID>.json       what was found in each image
  details/<UID>.html       the same as a page, opened from index.html
  overlays/<UID>.jpg       each image with its findings drawn in
  studies/<UID>.json       what the images of each study show together
  tables/*.csv             images, calcifications, clusters, studies and findings as tables
  files.jsonl              one line per input file: analysed, skipped or failed, and why
  run.json                 version, configuration, times and totals
  log.jsonl                one JSON line per event

The same command continues an interrupted run and adds new files; missing and changed files are named.
Outputs hold no patient's name, identifier or birth date; docs/configuration.md tells what happens to
names of folders.

With --watch the run does not end: files that arrive in the folders are analysed once they are complete.
"""

EXAMPLES: Final = """\
examples:
  mammocalc run sample_data --out out
  mammocalc run /data/screening --out out --workers 8 --config high_sensitivity
  mammocalc run /data/incoming --out out --watch --settle 30
  mammocalc run image.dcm --out out --set detect.threshold_sigma=6 --set outputs.overlays=findings

"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say in the command's parser what the command takes."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES + EXIT_CODES
    parser.add_argument(
        "inputs", nargs="+", type=local_path, metavar="INPUT", help="a DICOM file, a folder or a DICOMDIR"
    )
    parser.add_argument(
        "--out",
        required=True,
        type=non_empty,
        metavar="DIR",
        help="the folder of the run, made if needed; or an address that fsspec knows, such as s3://bucket/run",
    )
    add_configuration(parser)
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="analyse on the workers of this Dask scheduler, such as tcp://host:8786 (pip install 'mammocalc[dask]')",
    )
    parser.add_argument(
        "--workers",
        type=positive,
        metavar="N",
        help="number of worker processes (default: one per processor, fewer if memory is short)",
    )
    parser.add_argument("--time-limit", type=seconds, metavar="SECONDS", help="most time for one file (default: 600)")
    parser.add_argument(
        "--memory-limit",
        type=mebibytes,
        metavar="MIB",
        help="most memory of one process in MiB, at least 64 (default: its share of what is free)",
    )
    parser.add_argument(
        "--watch", action="store_true", help="keep running and analyse files as they arrive in INPUT, until Ctrl-C"
    )
    parser.add_argument(
        "--settle",
        type=seconds,
        metavar="SECONDS",
        help="with --watch: analyse a file once it has not changed for this time (default: 10)",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace another run in DIR; files that are not of a run stay"
    )
    parser.add_argument(
        "--name-map",
        type=local_path,
        metavar="FILE",
        help="write a CSV that only its owner may read, with the file behind each path and UID of the outputs",
    )
    parser.add_argument("--quiet", action="store_true", help="print only errors")
    parser.add_argument("--json", action="store_true", help="print only totals and pace, as JSON, on standard output")
    parser.set_defaults(function=run)


def run(arguments: argparse.Namespace) -> int:
    """Analyse mammograms."""
    # Imported here, for the engine brings the image libraries with it: `--help` need not wait for them.
    from mammocalc.cli.console import Display, summarise  # noqa: PLC0415
    from mammocalc.config import load  # noqa: PLC0415
    from mammocalc.execution.batch import run as run_engine  # noqa: PLC0415
    from mammocalc.execution.run_options import RunRequest  # noqa: PLC0415
    from mammocalc.execution.watch import WatchSettings, watch  # noqa: PLC0415
    from mammocalc.execution.workers.resource_limits import Limits  # noqa: PLC0415
    from mammocalc.execution.workers.resources import default_workers  # noqa: PLC0415

    if arguments.settle is not None and not arguments.watch:
        return report_error("--settle needs --watch", WRONG_CALL)
    out = parse_output(arguments.out)
    limits = {"time_seconds": arguments.time_limit, "memory_mib": arguments.memory_limit}
    request = RunRequest(
        inputs=tuple(arguments.inputs),
        out=out if isinstance(out, Path) else Path(),
        address=None if isinstance(out, Path) else out,
        scheduler=arguments.scheduler,
        resolved=load(arguments.config, arguments.overrides, read_salt(arguments)),
        workers=arguments.workers or default_workers(),
        force=arguments.force,
        limits=Limits(**{name: value for name, value in limits.items() if value is not None}),
        name_map=arguments.name_map,
    )
    for sentence in _exposed_secrets(arguments):
        report_error(sentence, DONE)
    with ignored_warnings(), Display(quiet=arguments.quiet) as display, stop_on_signal(display.say) as should_stop:
        if arguments.watch:
            given = {} if arguments.settle is None else {"settle_seconds": arguments.settle}
            summary = watch(request, WatchSettings(**given), display.update, should_stop)
        else:
            summary = run_engine(request, display.update, should_stop)
    if arguments.json:
        gone = [row.path for row in summary.rows if row.reason is Reason.GONE]
        more = {"resumed": summary.resumed, "changed": summary.changed, "gone": gone, "pace": asdict(summary.pace)}
        print(json.dumps({**asdict(summary.totals), **more}, indent=1))
    elif not arguments.quiet:
        print(summarise(summary, str(out), with_real_names=sys.stdout.isatty()))
    if summary.stopped_because is not None:
        return report_error(
            f"stopped: {summary.stopped_because}. The same command continues where it stopped.", STOPPED
        )
    return SOME_FAILED if summary.totals.status["failed"] else DONE


def _exposed_secrets(arguments: argparse.Namespace) -> list[str]:
    """Say what of a call others can see."""
    from mammocalc.execution.backends.dask_cluster import what_is_exposed  # noqa: PLC0415 - see run

    found = [] if arguments.scheduler is None else [what_is_exposed(arguments.scheduler)]
    if any(override.startswith("privacy.patient_key_salt=") for override in arguments.overrides):
        found.append(
            "a salt on the command line stands in the list of processes and in the history of the shell; put it into a "
            "file that only you can read, and name that with --salt-file"
        )
    return [sentence for sentence in found if sentence is not None]

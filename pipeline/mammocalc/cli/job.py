"""``mammocalc job``: one run, in the form that container platforms expect."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from mammocalc.cli.exit_codes import DONE, SOME_FAILED
from mammocalc.cli.option_types import local_path
from mammocalc.cli.stop_signals import stop_on_signal

if TYPE_CHECKING:
    import argparse

DESCRIPTION: Final = """\
Analyse the images in the folder IN, and leave in OUT:

  dicom/*.dcm      DICOM objects; they name the patient
  run/             the run, as mammocalc run writes it
  result.json      what was analysed, what failed and why

Zip archives in IN are unpacked into OUT; the unpacked files are removed at the end. On Flywheel, which
keeps no folders, dicom/ and run/ become zip archives.

Without IN and OUT they come from the environment variables of mercure, Holoscan or MONAI Deploy; else from
the folders of Flywheel (/flywheel/v0); else they are /input and /output, as XNAT mounts them. mercure's
task.json and Flywheel's config.json may hold the settings config, set, objects, manufacturer and model.
"""

EPILOG: Final = """\
exit codes:
  0  images were analysed, or there was none; result.json names those that failed
  1  every image failed
  2  the call, the input or the configuration is wrong, and nothing was done
  3  it was stopped, or the output took no more
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say in the command's parser what the command takes."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.add_argument(
        "inputs", nargs="?", type=local_path, metavar="IN", help="the folder with images; it is only read"
    )
    parser.add_argument("out", nargs="?", type=local_path, metavar="OUT", help="the folder to write to; made if needed")
    parser.set_defaults(function=job)


def job(arguments: argparse.Namespace) -> int:
    """Do one job of a platform."""
    with stop_on_signal(lambda sentence: print(sentence, file=sys.stderr)) as should_stop:
        from mammocalc.node.job import do_job  # noqa: PLC0415 - see run
        from mammocalc.node.platform import find_job  # noqa: PLC0415

        found = find_job((arguments.inputs, arguments.out), os.environ)
        is_good = do_job(found, should_stop)
    print(f"results are in {found.out}")
    return DONE if is_good else SOME_FAILED

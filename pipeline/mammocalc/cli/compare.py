"""``mammocalc compare``: compares the calcifications of patients on two dates."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.cli.exit_codes import DONE, SOME_FAILED, STOPPED
from mammocalc.cli.option_types import local_path, positive
from mammocalc.cli.shared_options import add_salt
from mammocalc.cli.stop_signals import stop_on_signal
from mammocalc.cli.terminal import ignored_warnings, report_count, report_error
from mammocalc.files.plain_text import escaped

if TYPE_CHECKING:
    import argparse

DESCRIPTION: Final = """\
Compare the images of each patient with those of an earlier date, of the same side and view, and leave in DIR:

  index.html                 both pictures of each pair at one scale, with what was joined
  comparisons/*.json         a file for each pair: registration, clusters, calcifications
  changes.csv                a row for each calcification: matched, grown, smaller, new, new_faint, gone,
                             not_comparable, and why
  comparison.json            totals, and which images have no counterpart, and why

Each image is compared with the nearest earlier examination in RUN, or in PRIOR_RUN if that is given. If
dates are missing, --pairs names the images.

Nothing is called new before the prior's pixels are searched again at its place: give the DICOM files with
--images. The words are evidence, not a diagnosis; unchanged does not mean benign.

The same command continues where it stopped, and adds new images.
"""

EXAMPLES: Final = """\
examples:
  mammocalc compare out --out changes --images sample_data
  mammocalc compare out_2026 out_2024 --out changes
  mammocalc compare out --out changes --pairs pairs.csv

"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say in the command's parser what the command takes."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("run", type=local_path, metavar="RUN", help="the folder of a finished run")
    parser.add_argument(
        "prior_run",
        nargs="?",
        type=local_path,
        metavar="PRIOR_RUN",
        help="the run of the earlier date, if it is not RUN",
    )
    parser.add_argument("--out", required=True, type=local_path, metavar="DIR", help="where to write; made if needed")
    parser.add_argument("--images", type=local_path, metavar="FOLDER", help="where the DICOM files of the runs are now")
    parser.add_argument(
        "--pairs",
        type=local_path,
        metavar="FILE.csv",
        help="images to compare: SOP Instance UIDs in the columns current and prior",
    )
    parser.add_argument(
        "--workers",
        type=positive,
        metavar="N",
        help="number of worker processes (default: one per processor)",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="replace another comparison in DIR; files that are not of a comparison stay",
    )
    parser.add_argument("--quiet", action="store_true", help="print only errors")
    add_salt(parser)
    parser.set_defaults(function=compare)


def compare(arguments: argparse.Namespace) -> int:
    """Compare two dates."""
    from mammocalc.execution.comparing.batch import compare_runs  # noqa: PLC0415 - see run
    from mammocalc.execution.comparing.request import CompareRequest  # noqa: PLC0415
    from mammocalc.execution.comparing.summary import summarise  # noqa: PLC0415
    from mammocalc.execution.workers.resources import default_workers  # noqa: PLC0415

    request = CompareRequest(
        run=arguments.run,
        out=arguments.out,
        prior_run=arguments.prior_run,
        images=arguments.images,
        pairs=arguments.pairs,
        workers=arguments.workers or default_workers(),
        force=arguments.force,
        salt_file=arguments.salt_file,
    )
    count = report_count("pairs")
    with ignored_warnings(), stop_on_signal(lambda line: print(escaped(line))) as should_stop:
        summary = compare_runs(request, lambda done, _total: None if arguments.quiet else count(done), should_stop)
    if not arguments.quiet:
        print(escaped(summarise(summary, str(arguments.out))))
    if summary.stopped:
        return report_error("stopped. The same command continues where it stopped.", STOPPED)
    return SOME_FAILED if summary.failed else DONE

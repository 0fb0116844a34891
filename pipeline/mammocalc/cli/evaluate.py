"""``mammocalc evaluate``: compares a run with a truth."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from mammocalc.cli.exit_codes import DONE
from mammocalc.cli.option_types import local_path
from mammocalc.cli.shared_options import add_salt
from mammocalc.cli.terminal import report_error
from mammocalc.files.plain_text import escaped

if TYPE_CHECKING:
    import argparse

DESCRIPTION: Final = """\
Compare RUN with the truth about its images, and leave in DIR:

  evaluation.html          every figure with its interval, and the curves, in any browser
  evaluation.json          the same as data
  *.csv                    curves, confusions and single measurements as tables

The truth is a folder of <SOPInstanceUID>.json as simulate writes it, a CSV with sop_instance_uid and
has_calcifications, a CSV with sop_instance_uid, kind, row, column and radius_px, a CSV with
sop_instance_uid, reader, label and second_label (what readers call the image), a folder with
INbreast's XML, or answers of readers (mammocalc review RUN --export answers.json). Curves go below
the threshold if the run was made with outputs.candidates=true.
"""

EXAMPLES: Final = """\
examples:
  mammocalc run sample_data --out out --set outputs.candidates=true
  mammocalc evaluate out --truth sample_data/truth --out scores

"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say in the command's parser what the command takes."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("run", type=local_path, metavar="RUN", help="the folder of a finished run")
    parser.add_argument(
        "--truth", required=True, type=local_path, metavar="FILE_OR_FOLDER", help="the truth, in one of these forms"
    )
    parser.add_argument("--out", required=True, type=local_path, metavar="DIR", help="where to write; made if needed")
    parser.add_argument(
        "--mark",
        action="append",
        default=[],
        type=local_path,
        metavar="RUN",
        help="another run of the same images, marked on the curves; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print evaluation.json on standard output")
    add_salt(parser)
    parser.set_defaults(function=evaluate)


def evaluate(arguments: argparse.Namespace) -> int:
    """Compare a run with a truth."""
    from mammocalc.evaluation import evaluate_run, held_before, require_apart, summarise  # noqa: PLC0415 - see run

    require_apart(arguments.out, arguments.run, arguments.truth)
    before = held_before(arguments.out)
    evaluation = evaluate_run(arguments.run, arguments.truth, arguments.out, arguments.mark, arguments.salt_file)
    document = evaluation.document
    if before and any(before.get(name) != document[name] for name in ("run", "truth")):
        report_error(f"the evaluation that {arguments.out} held was of another run or truth; it is replaced", DONE)
    print(json.dumps(document, indent=1) if arguments.json else escaped(summarise(document)))
    return DONE

"""``mammocalc review``: serves a finished run to readers."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.cli.exit_codes import DONE, SOME_FAILED
from mammocalc.cli.option_types import local_path, tcp_port
from mammocalc.cli.shared_options import add_salt
from mammocalc.cli.terminal import ignored_warnings, report_error
from mammocalc.files.plain_text import escaped

if TYPE_CHECKING:
    import argparse

DESCRIPTION: Final = """\
Serve a page of the finished RUN to this machine only, and open it in the browser. It shows each
image at full bit depth with its findings, and takes the reader's answers. Its address, which holds a
secret token, is printed.

Every answer is saved at once in answers.sqlite in RUN, under the reader's name; the files of the run
are not changed. --export writes the answers, which evaluate takes as truth.

A run does not record where its images were. They are looked for beside it, or anywhere in --images FOLDER
by their UIDs; images that are not found are shown from their overlays.
"""

EXAMPLES: Final = """\
examples:
  mammocalc review out --images sample_data --reader Ada
  mammocalc review out --images sample_data --blinded --reader Ada
  mammocalc review out --export answers.json
  mammocalc evaluate out --truth answers.json --out scores

"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say in the command's parser what the command takes."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("run", type=local_path, metavar="RUN", help="the folder of a finished run")
    parser.add_argument("--images", type=local_path, metavar="FOLDER", help="where the DICOM files of the run are now")
    parser.add_argument(
        "--answers", type=local_path, metavar="FILE", help="where answers are kept (default: answers.sqlite in RUN)"
    )
    parser.add_argument("--reader", metavar="NAME", help="name under which answers are kept (default: the page asks)")
    parser.add_argument(
        "--blinded", action="store_true", help="hide marks and labels until the reader has read the image"
    )
    parser.add_argument(
        "--port", type=tcp_port, default=0, metavar="N", help="port of the page (default: any free one)"
    )
    parser.add_argument(
        "--host", metavar="NAME", help="admit other machines, under this name or address; needs --token-file"
    )
    parser.add_argument(
        "--token-file",
        type=local_path,
        metavar="FILE",
        help="file that keeps the token of the address; written if it is missing",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.add_argument(
        "--export", type=local_path, metavar="FILE", help="write the answers as .json or .csv instead of serving"
    )
    parser.add_argument(
        "--comparison",
        type=local_path,
        metavar="DIR",
        help="folder that mammocalc compare wrote for this run: changes since the priors",
    )
    parser.add_argument(
        "--prior-run",
        type=local_path,
        metavar="RUN",
        help="with --comparison: the run of the earlier date, to show its images",
    )
    add_salt(parser)
    parser.set_defaults(function=review)


def review(arguments: argparse.Namespace) -> int:
    """Serve a finished run to its readers, or write what they answered."""
    from mammocalc.review.server.reader_name import check_reader  # noqa: PLC0415 - see run

    reader = None if arguments.reader is None else check_reader(arguments.reader)
    if arguments.export is not None:
        from mammocalc.review.server.export import write_answers  # noqa: PLC0415

        count, left_out = write_answers(arguments.run, arguments.answers, arguments.export)
        print(escaped(f"answers to {count} image{'' if count == 1 else 's'} in {arguments.export}"))
        for sentence in left_out:
            report_error(sentence, SOME_FAILED)
        return SOME_FAILED if left_out else DONE
    from mammocalc.review.server.serve import ReviewRequest, serve  # noqa: PLC0415

    request = ReviewRequest(
        run=arguments.run,
        images=arguments.images,
        answers=arguments.answers,
        reader=reader,
        is_blinded=arguments.blinded,
        host=arguments.host,
        port=arguments.port,
        token_file=arguments.token_file,
        opens_browser=not arguments.no_browser,
        salt_file=arguments.salt_file,
        comparison=arguments.comparison,
        prior_run=arguments.prior_run,
    )
    with ignored_warnings():
        serve(request, lambda line: print(escaped(line), flush=True))
    return DONE

"""``mammocalc review``: a finished run is served to its readers."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.cli.command_parser import Commands, add_command, add_salt
from mammocalc.cli.exit_codes import DONE, SOME_FAILED
from mammocalc.cli.option_types import local_path, tcp_port
from mammocalc.cli.terminal import ignored_warnings, report_error
from mammocalc.files.plain_text import escaped

if TYPE_CHECKING:
    import argparse

DESCRIPTION: Final = """\
Serve a page over the finished run in DIR, to this machine alone, and open it in the browser: each image
at its full depth, what was found in it, and what the reader thinks of that. Its address, with a token
in it that nobody can guess, is printed.

Every answer is kept at once in answers.sqlite in DIR, each reader's under their own name; the files of
the run stay as they are. --export writes what was answered, and evaluate takes it as truth.

A run does not record where its images were. They are looked for beside it; with --images FOLDER they
are found by their UIDs, wherever they lie in it; else each case is shown from its overlay.
"""

EXAMPLES: Final = """\
examples:
  mammocalc review out --images sample_data --reader Ada
  mammocalc review out --images sample_data --blinded --reader Ada
  mammocalc review out --export answers.json
  mammocalc evaluate out --truth answers.json --out scores

"""


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "review", "look at a finished run in the browser, and answer", DESCRIPTION, EXAMPLES)
    parser.add_argument("run", type=local_path, metavar="DIR", help="the folder of a finished run")
    parser.add_argument("--images", type=local_path, metavar="FOLDER", help="where the DICOM files of the run are now")
    parser.add_argument(
        "--answers", type=local_path, metavar="FILE", help="where answers are kept (default: answers.sqlite in DIR)"
    )
    parser.add_argument("--reader", metavar="NAME", help="under whose name answers are kept (default: the page asks)")
    parser.add_argument(
        "--blinded", action="store_true", help="keep marks and labels back until the reader has read the image"
    )
    parser.add_argument("--port", type=tcp_port, default=0, metavar="N", help="default: any that is free")
    parser.add_argument(
        "--host", metavar="NAME", help="let other machines in, under this name or address; needs --token-file"
    )
    parser.add_argument(
        "--token-file",
        type=local_path,
        metavar="FILE",
        help="keep the token of the address here; written if it is missing",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.add_argument(
        "--export", type=local_path, metavar="FILE", help="write the answers as .json or .csv instead of serving"
    )
    parser.add_argument(
        "--comparison",
        type=local_path,
        metavar="DIR",
        help="what mammocalc compare wrote of this run: changes since the priors",
    )
    parser.add_argument(
        "--prior-run", type=local_path, metavar="DIR", help="with --comparison: the run of the earlier date, to show it"
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

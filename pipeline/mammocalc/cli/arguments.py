"""What can be written on the command line, and the help that explains it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final, TypeAlias

from mammocalc import __version__
from mammocalc.cli.address import parse_path
from mammocalc.config.ready_made import ready_made
from mammocalc.vocabulary.lexicon import SHORT_NOTICE

if TYPE_CHECKING:
    from pathlib import Path

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - argparse has no public name for it

DESCRIPTION: Final = f"""\
From a folder of DICOM mammograms to calcifications, their sizes (macro, micro) and their
BI-RADS distribution. {SHORT_NOTICE}.
"""

EXIT_CODES: Final = """\
exit codes:
  0  every mammogram that was found was judged or skipped for a reason
  1  some failed; they are listed in files.jsonl
  2  the call or the configuration is wrong, and nothing was done
  3  it was stopped, or lost its output folder, and can go on: repeat the same command
"""

RUN: Final = """\
Judge every mammogram in the given files, folders (of any depth) and DICOMDIRs, and leave in DIR:

  index.html               the run at a glance, in any browser
  results/<UID>.json       what was found in each image
  details/<UID>.html       the same for people, opened from index.html
  overlays/<UID>.jpg       each image with its findings drawn in
  tables/*.csv             images, calcifications and clusters as tables
  files.jsonl              what became of each input file, and why
  run.json                 version, configuration, times and totals
  log.jsonl                what happened on the way, a JSON line for each event

The same command goes on where a run was interrupted, and adds what has come since; what is gone or
changed is named. Outputs hold no patient's name, identifier or birth date; see
docs/configuration.md for the names of folders.

With --watch the run has no end: what arrives in the folders is taken up when it is complete.
"""

RUN_EXAMPLES: Final = """\
examples:
  mammocalc run sample_data --out out
  mammocalc run /data/screening --out out --workers 8 --config high_sensitivity
  mammocalc run /data/incoming --out out --watch --settle 30
  mammocalc run image.dcm --out out --set detect.threshold_sigma=6 --set outputs.overlays=findings

"""

SIMULATE: Final = """\
Write synthetic full-field mammograms as DICOM, each with its truth (positions, sizes, clusters and
labels) beside it in truth/. Equal recipes and seeds give equal files.

With --into, calcifications of known place, size and contrast are put into copies of the user's own
mammograms instead, which are best without any. The copies name nobody: they keep what is needed
to read the pixels, and a patient key. See docs/simulator.md.
"""

SIMULATE_EXAMPLES: Final = """\
examples:
  mammocalc simulate out
  mammocalc simulate out --recipe sample_data/recipe.yaml --seed 2
  mammocalc simulate out --into /data/screening --only empty.csv
"""

EVALUATE: Final = """\
Hold the run in DIR against what is known about its images, and leave in DIR2:

  evaluation.html          every figure with its interval, and the curves, in any browser
  evaluation.json          the same as data
  *.csv                    curves, confusions and single measurements as tables

The truth is a folder of <SOPInstanceUID>.json as simulate writes it, a CSV with sop_instance_uid and
has_calcifications, a CSV with sop_instance_uid, kind, row, column and radius_px, a CSV with
sop_instance_uid, reader, label and second_label (what readers call the image), a folder with
INbreast's XML, or answers of readers (mammocalc review DIR --export answers.json). Curves go below
the threshold where the run was made with outputs.candidates=true.
"""

EVALUATE_EXAMPLES: Final = """\
example:
  mammocalc run sample_data --out out --set outputs.candidates=true
  mammocalc evaluate out --truth sample_data/truth --out scores

"""

REVIEW: Final = """\
Serve a page over the finished run in DIR, to this machine alone, and open it in the browser: each image
at its full depth, what was found in it, and what the reader thinks of that. Its address, with a token
in it that nobody can guess, is printed.

Every answer is kept at once in answers.sqlite in DIR, each reader's under their own name; the files of
the run stay as they are. --export writes what was answered, and evaluate takes it as truth.

A run does not record where its images were. They are looked for beside it; with --images FOLDER they
are found by their UIDs, wherever they lie in it; else each case is shown from its overlay.
"""

REVIEW_EXAMPLES: Final = """\
examples:
  mammocalc review out --images sample_data --reader Ada
  mammocalc review out --images sample_data --blinded --reader Ada
  mammocalc review out --export answers.json
  mammocalc evaluate out --truth answers.json --out scores

"""

ASSOCIATIONS: Final = """\
Count, in the calcification tables of CBIS-DDSM, how many lesions of each distribution were malignant:
one lesion once however many views it has, with 95 % intervals by woman. The figures beside the
descriptor of a cluster were counted by this command; it says whether yours are the same. They are
shares within an enriched collection, not predictive values. See docs/distribution.md.
"""

ASSOCIATIONS_EXAMPLES: Final = """\
example:
  mammocalc associations calc_case_description_train_set.csv calc_case_description_test_set.csv
"""

TRAIN: Final = """\
Train the classifier that tells calcifications from other particles: on simulated mammograms, and,
with --into, as well on calcifications that are put into copies of your own images without any, into
each up to six times, until there are about as many copies as simulated images. The one that comes
with the program was made by `mammocalc train` with its defaults; the one for film with
`--config digitised_film --images 192`. Needs scikit-learn (pip install 'mammocalc[train]'); what it makes does not.

With --distribution, train the one that names the distribution of calcifications, on simulated points.

With --vessels and --courses, fit the model that tells the calcifications of arteries, on arteries that
you traced in your own images. The CSV has a row for each course: sop_instance_uid, course_row_column
(row:column;row:column;... in stored pixels) and note, which may say unsure; an image without arteries
has a row without a course, and one that is not named is left out. Simulated ducts are always added as
what is no artery. The file holds weights alone, no pixel.
"""

TRAIN_EXAMPLES: Final = """\
examples:
  mammocalc train --out classifier.json
  mammocalc train --into /data/screening --only empty.csv --out ours.json
  mammocalc train --distribution --out distribution.json
  mammocalc train --vessels /data/traced --courses courses.csv --out vessels.json
"""


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line; ``command`` names what is to be done."""
    parser = argparse.ArgumentParser(
        prog="mammocalc",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"mammocalc {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_run(commands)
    _add_review(commands)
    _add_evaluate(commands)
    _add_associations(commands)
    _add_simulate(commands)
    _add_train(commands)
    _add_config(commands)
    return parser


def _add_run(commands: _Commands) -> None:
    parser = _add(commands, "run", "judge mammograms", RUN, RUN_EXAMPLES + EXIT_CODES)
    parser.add_argument("inputs", nargs="+", type=_path, metavar="INPUT", help="a DICOM file, a folder or a DICOMDIR")
    parser.add_argument(
        "--out",
        required=True,
        type=_text,
        metavar="DIR",
        help="the folder of the run, made if needed; or an address that fsspec knows, such as s3://bucket/run",
    )
    _add_configuration(parser)
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="judge on the workers of this Dask scheduler, such as tcp://host:8786 (pip install 'mammocalc[dask]')",
    )
    parser.add_argument(
        "--workers",
        type=_positive,
        metavar="N",
        help="processes that work at once (default: one per processor, and no more than the memory has room for)",
    )
    parser.add_argument(
        "--time-limit", type=_seconds, metavar="SECONDS", help="give a file up after that time (default: 600)"
    )
    parser.add_argument(
        "--memory-limit",
        type=_mebibytes,
        metavar="MIB",
        help="most memory of one process in MiB, at least 64 (default: its share of what is free)",
    )
    parser.add_argument(
        "--watch", action="store_true", help="go on: judge files as they arrive in INPUT, until Ctrl-C ends it"
    )
    parser.add_argument(
        "--settle",
        type=_seconds,
        metavar="SECONDS",
        help="with --watch: take a file up when it has not changed for so long (default: 10)",
    )
    parser.add_argument("--force", action="store_true", help="replace another run that lies in DIR; foreign files stay")
    parser.add_argument(
        "--name-map",
        type=_path,
        metavar="FILE",
        help="write which file stands behind each path and UID of the outputs: a CSV that only its owner may read",
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    parser.add_argument(
        "--json", action="store_true", help="print totals and pace as JSON on standard output, and nothing else there"
    )
    parser.set_defaults(command="run")


def _add_review(commands: _Commands) -> None:
    parser = _add(commands, "review", "look at a finished run in the browser, and answer", REVIEW, REVIEW_EXAMPLES)
    parser.add_argument("run", type=_path, metavar="DIR", help="the folder of a finished run")
    parser.add_argument("--images", type=_path, metavar="FOLDER", help="where the DICOM files of the run are now")
    parser.add_argument(
        "--answers", type=_path, metavar="FILE", help="where answers are kept (default: answers.sqlite in DIR)"
    )
    parser.add_argument("--reader", metavar="NAME", help="under whose name answers are kept (default: the page asks)")
    parser.add_argument(
        "--blinded", action="store_true", help="keep marks and labels back until the reader has read the image"
    )
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="default: any that is free")
    parser.add_argument(
        "--host", metavar="NAME", help="let other machines in, under this name or address; needs --token-file"
    )
    parser.add_argument(
        "--token-file", type=_path, metavar="FILE", help="keep the token of the address here; written if it is missing"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.add_argument(
        "--export", type=_path, metavar="FILE", help="write the answers as .json or .csv instead of serving"
    )
    _add_salt(parser)
    parser.set_defaults(command="review")


def _add_evaluate(commands: _Commands) -> None:
    parser = _add(commands, "evaluate", "score a run against known truth", EVALUATE, EVALUATE_EXAMPLES)
    parser.add_argument("run", type=_path, metavar="DIR", help="the folder of a finished run")
    parser.add_argument("--truth", required=True, type=_path, metavar="FILE_OR_FOLDER", help="what is known")
    parser.add_argument("--out", required=True, type=_path, metavar="DIR2", help="where to write; made if needed")
    parser.add_argument(
        "--mark",
        action="append",
        default=[],
        type=_path,
        metavar="DIR",
        help="another run of the same images, to be marked on the curves; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print evaluation.json on standard output")
    _add_salt(parser)
    parser.set_defaults(command="evaluate")


def _add_associations(commands: _Commands) -> None:
    summary = "count malignant shares in the tables of CBIS-DDSM"
    parser = _add(commands, "associations", summary, ASSOCIATIONS, ASSOCIATIONS_EXAMPLES)
    parser.add_argument("tables", nargs="+", type=_path, metavar="CSV", help="a calcification table of the collection")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON on standard output")
    parser.set_defaults(command="associations")


def _add_simulate(commands: _Commands) -> None:
    summary = "write synthetic mammograms with known truth"
    parser = _add(commands, "simulate", summary, SIMULATE, SIMULATE_EXAMPLES)
    parser.add_argument("folder", type=_path, metavar="DIR", help="the folder to write to; made if needed")
    parser.add_argument(
        "--recipe",
        type=_path,
        metavar="FILE",
        help="YAML with the images (default: one of each kind), or with what --into puts in",
    )
    parser.add_argument(
        "--seed", type=_seed, metavar="N", help="another draw of the same kinds; added to the seeds of a recipe"
    )
    parser.add_argument(
        "--into", type=_path, metavar="FOLDER", help="put calcifications into copies of the mammograms of this folder"
    )
    parser.add_argument(
        "--only",
        type=_path,
        metavar="CSV",
        help="with --into: take the images with has_calcifications 0 (and nothing in the column seen, if there is one)",
    )
    _add_configuration(parser)
    parser.set_defaults(command="simulate")


def _add_train(commands: _Commands) -> None:
    parser = _add(commands, "train", "train a particle classifier", TRAIN, TRAIN_EXAMPLES)
    parser.add_argument("--out", required=True, type=_path, metavar="FILE", help="the classifier, a readable JSON file")
    parser.add_argument(
        "--into", type=_path, metavar="FOLDER", help="train on calcifications put into copies of these mammograms, too"
    )
    parser.add_argument("--only", type=_path, metavar="CSV", help="with --into: which images to take, as for simulate")
    parser.add_argument("--images", type=_positive, default=384, metavar="N", help="number of simulated images")
    parser.add_argument(
        "--distribution", action="store_true", help="train the classifier of distributions instead, on simulated points"
    )
    parser.add_argument(
        "--vessels", type=_path, metavar="FOLDER", help="fit the model of arteries instead, on courses traced in these"
    )
    parser.add_argument("--courses", type=_path, metavar="CSV", help="with --vessels: what was traced in which image")
    parser.add_argument(
        "--ducts", type=_positive, default=96, metavar="N", help="with --vessels: simulated images without arteries"
    )
    parser.add_argument(
        "--scenes", type=_positive, default=7200, metavar="N", help="with --distribution: number of simulated images"
    )
    parser.add_argument("--seed", type=_seed, default=1, metavar="N", help="another draw of images")
    parser.add_argument("--workers", type=_positive, metavar="N", help="processes (default: one per processor)")
    _add_configuration(parser)
    parser.set_defaults(command="train")


_NAMED: Final = f"a file, or the name of one that comes with the program ({', '.join(ready_made())})"


def _add_config(commands: _Commands) -> None:
    parser = _add(commands, "config", "show, check or describe configurations")
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    show = _add(actions, "show", "print every setting: value, unit, meaning, and where it came from")
    show.add_argument("file", nargs="?", metavar="NAME_OR_FILE", help=f"{_NAMED} (default: the defaults)")
    show.add_argument("--yaml", action="store_true", help="print a commented YAML file instead")
    show.set_defaults(command="config_show")

    check = _add(actions, "check", "name all mistakes of configurations at once")
    check.add_argument("files", nargs="*", metavar="NAME_OR_FILE", help=_NAMED)
    check.set_defaults(command="config_check")

    schema = _add(actions, "schema", "print the JSON schema, with which editors complete the YAML")
    schema.add_argument("file", nargs="?", type=_path, metavar="FILE", help="write it there instead")
    schema.set_defaults(command="config_schema")

    for action in (show, check):
        _add_overrides(action)


def _add_configuration(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", metavar="NAME_OR_FILE", help=f"YAML with the settings that differ from the defaults: {_NAMED}"
    )
    _add_overrides(parser)
    _add_salt(parser)


def _add_salt(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--salt-file",
        type=_path,
        metavar="FILE",
        help="its first line is privacy.patient_key_salt, which a command line or a shared configuration would show",
    )


def _add_overrides(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        dest="overrides",
        help="change one setting; may be repeated, and wins over FILE",
    )


def _add(
    commands: _Commands, name: str, summary: str, description: str = "", epilog: str = ""
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=summary,
        description=description or f"{summary[0].upper()}{summary[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _seed(text: str) -> int:
    """Read a seed of the simulator."""
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number < 2**32:
        message = "must be a whole number from 0 to 4294967295"
        raise argparse.ArgumentTypeError(message)
    return number


def _text(text: str) -> str:
    """Read a text; an empty one, as from a variable of a script that is not set, would be the current folder."""
    if not text:
        message = "must not be empty"
        raise argparse.ArgumentTypeError(message)
    return text


def _path(text: str) -> Path:
    """Read a path of this machine."""
    try:
        return parse_path(_text(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _seconds(text: str) -> float:
    """Read a time of up to a week."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 604_800:
        message = "must be a number of seconds above 0, and no more than a week"
        raise argparse.ArgumentTypeError(message)
    return number


def _mebibytes(text: str) -> int:
    """Read an amount of memory."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 64:
        message = "must be a whole number of MiB, at least 64"
        raise argparse.ArgumentTypeError(message)
    return number


def _positive(text: str) -> int:
    """Read a number of workers."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        message = "must be a whole number of at least 1"
        raise argparse.ArgumentTypeError(message)
    return number


def _port(text: str) -> int:
    """Read a TCP port."""
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= number < 2**16:
        message = "must be a whole number from 0 to 65535"
        raise argparse.ArgumentTypeError(message)
    return number

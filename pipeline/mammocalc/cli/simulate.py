"""``mammocalc simulate``: writes synthetic mammograms with their truth."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.cli.exit_codes import DONE, SOME_FAILED, WRONG_CALL
from mammocalc.cli.option_types import local_path, positive, seed
from mammocalc.cli.shared_options import add_configuration, read_salt
from mammocalc.cli.terminal import ignored_warnings, report_error
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    import argparse

DESCRIPTION: Final = """\
Write synthetic full-field mammograms as DICOM, each with its truth (positions, sizes, clusters and
labels) beside it in truth/. Equal recipes and seeds give equal files.

With --studies, write whole patients: each breast in CC and MLO on two dates, with calcifications in
three dimensions that stay, grow, appear and disappear. Their truth names each of them in every image.

With --into, insert calcifications of known place, size and contrast into copies of your own
mammograms, preferably of images without any. The copies name nobody: they keep what is needed
to read the pixels, and a patient key. See docs/simulator.md.
"""

EXAMPLES: Final = """\
examples:
  mammocalc simulate out
  mammocalc simulate out --recipe sample_data/recipe.yaml --seed 2
  mammocalc simulate out --studies 5 --seed 3
  mammocalc simulate out --into /data/screening --only empty.csv
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say in the command's parser what the command takes."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("folder", type=local_path, metavar="DIR", help="the folder to write to; made if needed")
    parser.add_argument(
        "--recipe",
        type=local_path,
        metavar="FILE",
        help="YAML with the images (default: one of each kind), or with the settings of --studies or --into",
    )
    parser.add_argument(
        "--seed", type=seed, metavar="N", help="seed of the random numbers; added to the seeds of a recipe"
    )
    parser.add_argument(
        "--studies",
        type=positive,
        nargs="?",
        const=1,
        metavar="N",
        help="write the studies of N patients (default: 1), each with several views and dates",
    )
    parser.add_argument(
        "--into",
        type=local_path,
        metavar="FOLDER",
        help="insert calcifications into copies of the mammograms of this folder",
    )
    parser.add_argument(
        "--only",
        type=local_path,
        metavar="CSV",
        help="with --into: use only images with has_calcifications 0, and an empty cell in the column seen, if any",
    )
    add_configuration(parser)
    parser.set_defaults(function=simulate)


def simulate(arguments: argparse.Namespace) -> int:
    """Write synthetic mammograms, or calcifications put into the user's own."""
    if arguments.into is not None:
        if arguments.studies is not None:
            return report_error("--studies draws patients of its own: leave out --into", WRONG_CALL)
        return _simulate_into(arguments)
    if arguments.only is not None or arguments.config is not None or arguments.overrides or arguments.salt_file:
        return report_error("--only, --config, --set and --salt-file need --into", WRONG_CALL)
    if arguments.studies is not None:
        return _simulate_studies(arguments)
    from mammocalc.simulation import simulate as write_images  # noqa: PLC0415 - see run
    from mammocalc.simulation.default_recipe import default_recipe  # noqa: PLC0415
    from mammocalc.simulation.recipe import load_recipe  # noqa: PLC0415

    if arguments.recipe is None:
        recipe = default_recipe(1 if arguments.seed is None else arguments.seed)
    else:
        recipe = load_recipe(arguments.recipe).reseeded(arguments.seed or 0)
    paths = write_images(arguments.folder, recipe, is_alone=True)
    print(f"{len(paths)} image{'' if len(paths) == 1 else 's'} with their truth in {arguments.folder}")
    return DONE


def _simulate_studies(arguments: argparse.Namespace) -> int:
    """Write the studies of simulated patients."""
    from mammocalc.simulation.patient import PatientRecipe, simulate_studies  # noqa: PLC0415 - see run
    from mammocalc.simulation.recipe import load_settings  # noqa: PLC0415

    recipe = PatientRecipe() if arguments.recipe is None else load_settings(arguments.recipe, PatientRecipe)
    number, seed = arguments.studies, 1 if arguments.seed is None else arguments.seed
    paths = simulate_studies(arguments.folder, number, recipe, seed=seed, is_alone=True)
    counts = ((number, "patient"), (number * recipe.dates, "study"), (len(paths), "image"))
    print(f"{', '.join(_counted(*one) for one in counts)} with their truth in {arguments.folder}")
    return DONE


def _counted(number: int, noun: str) -> str:
    """Give a number with its noun."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else many}"


def _simulate_into(arguments: argparse.Namespace) -> int:
    """Put calcifications into copies of the user's own mammograms."""
    from mammocalc.config import load  # noqa: PLC0415 - see run
    from mammocalc.simulation.insertion.folder import insert_into_copies, summarise  # noqa: PLC0415
    from mammocalc.simulation.insertion.recipe import InsertRecipe  # noqa: PLC0415
    from mammocalc.simulation.insertion.selection import read_selection  # noqa: PLC0415
    from mammocalc.simulation.recipe import load_settings  # noqa: PLC0415

    config = load(arguments.config, arguments.overrides, read_salt(arguments)).config
    recipe = InsertRecipe() if arguments.recipe is None else load_settings(arguments.recipe, InsertRecipe)
    only = None if arguments.only is None else read_selection(arguments.only)
    seed = 1 if arguments.seed is None else arguments.seed
    with ignored_warnings():
        rows = list(insert_into_copies(arguments.folder, arguments.into, recipe, seed, config, only))
    if not rows:
        what = "no DICOM files" if only is None else "none of the images that --only names"
        message = f"{arguments.into} holds {what}: nothing was made"
        raise UsageError(message)
    print(f"{summarise(rows)}\nwith their truth in {arguments.folder}")
    return SOME_FAILED if any(row.status == "failed" for row in rows) else DONE

"""``mammocalc train``: trains classifiers."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from mammocalc.cli.exit_codes import DONE, WRONG_CALL
from mammocalc.cli.option_types import local_path, positive, seed
from mammocalc.cli.shared_options import add_configuration, read_salt
from mammocalc.cli.terminal import ignored_warnings, report_count, report_error

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.config import Config

DESCRIPTION: Final = """\
Train the classifier that separates calcifications from other particles, on simulated mammograms. With
--into, also on calcifications inserted into copies of your own images without any: up to six copies of
each, until there are about as many copies as simulated images. The classifier of the program was made by
`mammocalc train` with its defaults; the one for film with `--config digitised_film --images 192`.
Training needs LightGBM (pip install 'mammocalc[train]'); using a classifier does not.

With --distribution, train the classifier that names the distribution of calcifications, on simulated points.

With --vessels and --courses, fit the model that recognises calcifications of arteries, on arteries that
you traced in your own images. The CSV has a row for each course: sop_instance_uid, course_row_column
(row:column;row:column;... in stored pixels) and note, which may say unsure. An image without arteries
has a row with an empty course; images without a row are not used. Simulated ducts are always added as
examples of what is not an artery. The model holds only weights, no pixels.
"""

EXAMPLES: Final = """\
examples:
  mammocalc train --out classifier.json
  mammocalc train --into /data/screening --only empty.csv --out ours.json
  mammocalc train --distribution --out distribution.json
  mammocalc train --vessels /data/traced --courses courses.csv --out vessels.json
"""


_IMAGES: Final = 384
_SCENES: Final = 7200
_DUCTS: Final = 96
_KIND_OF_OPTION: Final = {
    "into": "particles",
    "only": "particles",
    "images": "particles",
    "scenes": "distribution",
    "vessels": "vessels",
    "courses": "vessels",
    "ducts": "vessels",
}
_LEARNS_FROM: Final = {
    "particles": "the classifier of particles learns from simulated images (--images), and from your own with --into",
    "distribution": "--distribution learns from simulated points (--scenes)",
    "vessels": "--vessels learns from the images that --courses names, and from simulated ducts (--ducts)",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say in the command's parser what the command takes."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument(
        "--out", required=True, type=local_path, metavar="FILE", help="the classifier, a readable JSON file"
    )
    parser.add_argument(
        "--into",
        type=local_path,
        metavar="FOLDER",
        help="also train on calcifications inserted into copies of these mammograms",
    )
    parser.add_argument(
        "--only", type=local_path, metavar="CSV", help="with --into: which images to use, as for simulate"
    )
    parser.add_argument("--images", type=positive, metavar="N", help=f"number of simulated images (default: {_IMAGES})")
    parser.add_argument(
        "--distribution", action="store_true", help="train the classifier of distributions instead, on simulated points"
    )
    parser.add_argument(
        "--vessels",
        type=local_path,
        metavar="FOLDER",
        help="fit the model of arteries instead, on courses traced in these images",
    )
    parser.add_argument("--courses", type=local_path, metavar="CSV", help="with --vessels: the traced courses")
    parser.add_argument(
        "--ducts",
        type=positive,
        metavar="N",
        help=f"with --vessels: simulated images without arteries (default: {_DUCTS})",
    )
    parser.add_argument(
        "--scenes",
        type=positive,
        metavar="N",
        help=f"with --distribution: number of simulated images (default: {_SCENES})",
    )
    parser.add_argument("--seed", type=seed, default=1, metavar="N", help="seed of the random numbers")
    parser.add_argument("--workers", type=positive, metavar="N", help="processes (default: one per processor)")
    add_configuration(parser)
    parser.set_defaults(function=train)


def train(arguments: argparse.Namespace) -> int:
    """Train what was asked for, and write it to a file."""
    mistake = _find_mistake(arguments)
    if mistake is not None:
        return report_error(mistake, WRONG_CALL)
    from mammocalc.config import load  # noqa: PLC0415 - see run
    from mammocalc.execution.workers.resources import default_workers  # noqa: PLC0415
    from mammocalc.training.destination import prepare_place_for, require_folder_of  # noqa: PLC0415

    prepare_place_for(arguments.out)
    config = load(arguments.config, arguments.overrides, read_salt(arguments)).config
    with ignored_warnings():
        trained = _TRAINERS[_kind_of(arguments)](arguments, config, arguments.workers or default_workers())
    require_folder_of(arguments.out)
    trained.write(arguments.out)
    print(f"{trained.said} in {arguments.out}")
    print(f"use it with: mammocalc run ... --set {trained.section}.file={arguments.out}")
    return DONE


class _Trained(NamedTuple):
    """What came of a training: a line about it, the section of the settings that takes its file, and its writer."""

    said: str
    section: str
    write: Callable[[Path], None]


def _kind_of(arguments: argparse.Namespace) -> str:
    if arguments.distribution:
        return "distribution"
    return "particles" if arguments.vessels is None and arguments.courses is None else "vessels"


def _find_mistake(arguments: argparse.Namespace) -> str | None:
    """Say which options do not go together; None where all do."""
    kind = _kind_of(arguments)
    strange = [
        f"--{name}" for name, of in _KIND_OF_OPTION.items() if of != kind and getattr(arguments, name) is not None
    ]
    if strange:
        return f"{' and '.join(strange)} cannot be used here: {_LEARNS_FROM[kind]}"
    if kind == "vessels" and (arguments.vessels is None or arguments.courses is None):
        return "--vessels FOLDER and --courses CSV go together: images, and what was traced in them"
    if arguments.only is not None and arguments.into is None:
        return "--only CSV names images of --into FOLDER, which is missing"
    return None


def _train_particles(arguments: argparse.Namespace, config: Config, workers: int) -> _Trained:
    from mammocalc.simulation.insertion.selection import read_selection  # noqa: PLC0415 - see run
    from mammocalc.training.particles import train_on_images, train_on_simulations, write_classifier  # noqa: PLC0415

    count, counted = arguments.images or _IMAGES, report_count("images")
    if arguments.into is None:
        trees = train_on_simulations(count, arguments.seed, config, workers, counted)
    else:
        only = None if arguments.only is None else read_selection(arguments.only)
        trees = train_on_images(arguments.into, count, arguments.seed, config, workers, only, counted)
    said = f"a classifier from {trees.origin['images']} images"
    return _Trained(said, "classify", partial(write_classifier, trees))


def _train_distribution(arguments: argparse.Namespace, config: Config, workers: int) -> _Trained:
    from mammocalc.training.distribution import train_on_points, write_distribution_classifier  # noqa: PLC0415

    count = arguments.scenes or _SCENES
    classes = train_on_points(count, arguments.seed, config, workers, report_count("scenes"))
    said = f"a classifier of distributions from {classes.origin['scenes']} simulated scenes"
    return _Trained(said, "distribution", partial(write_distribution_classifier, classes))


def _train_vessels(arguments: argparse.Namespace, config: Config, workers: int) -> _Trained:
    from mammocalc.training.vessels import train_on_courses, write_model  # noqa: PLC0415 - see run

    ducts, counted = arguments.ducts or _DUCTS, report_count("images")
    model = train_on_courses(arguments.vessels, arguments.courses, ducts, arguments.seed, config, workers, counted)
    origin = model.origin
    said = f"a model of arteries from {origin['arterial']} marks of {origin['patients_with_arteries']} patients"
    return _Trained(said, "vessels", partial(write_model, model))


_TRAINERS: Final = {"particles": _train_particles, "distribution": _train_distribution, "vessels": _train_vessels}

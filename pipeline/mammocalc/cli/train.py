"""``mammocalc train``: classifiers for one's own detector."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.cli.command_parser import Commands, add_command, add_configuration, read_salt
from mammocalc.cli.exit_codes import DONE, WRONG_CALL
from mammocalc.cli.option_types import local_path, positive, seed
from mammocalc.cli.terminal import ignored_warnings, report_count, report_error

if TYPE_CHECKING:
    import argparse

DESCRIPTION: Final = """\
Train the classifier that tells calcifications from other particles: on simulated mammograms, and,
with --into, as well on calcifications that are put into copies of your own images without any, into
each up to six times, until there are about as many copies as simulated images. The one that comes
with the program was made by `mammocalc train` with its defaults; the one for film with
`--config digitised_film --images 192`. Needs LightGBM (pip install 'mammocalc[train]'); what it makes does not.

With --distribution, train the one that names the distribution of calcifications, on simulated points.

With --vessels and --courses, fit the model that tells the calcifications of arteries, on arteries that
you traced in your own images. The CSV has a row for each course: sop_instance_uid, course_row_column
(row:column;row:column;... in stored pixels) and note, which may say unsure; an image without arteries
has a row without a course, and one that is not named is left out. Simulated ducts are always added as
what is no artery. The file holds weights alone, no pixel.
"""

EXAMPLES: Final = """\
examples:
  mammocalc train --out classifier.json
  mammocalc train --into /data/screening --only empty.csv --out ours.json
  mammocalc train --distribution --out distribution.json
  mammocalc train --vessels /data/traced --courses courses.csv --out vessels.json
"""


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "train", "train a particle classifier", DESCRIPTION, EXAMPLES)
    parser.add_argument(
        "--out", required=True, type=local_path, metavar="FILE", help="the classifier, a readable JSON file"
    )
    parser.add_argument(
        "--into",
        type=local_path,
        metavar="FOLDER",
        help="train on calcifications put into copies of these mammograms, too",
    )
    parser.add_argument(
        "--only", type=local_path, metavar="CSV", help="with --into: which images to take, as for simulate"
    )
    parser.add_argument("--images", type=positive, default=384, metavar="N", help="number of simulated images")
    parser.add_argument(
        "--distribution", action="store_true", help="train the classifier of distributions instead, on simulated points"
    )
    parser.add_argument(
        "--vessels",
        type=local_path,
        metavar="FOLDER",
        help="fit the model of arteries instead, on courses traced in these",
    )
    parser.add_argument(
        "--courses", type=local_path, metavar="CSV", help="with --vessels: what was traced in which image"
    )
    parser.add_argument(
        "--ducts", type=positive, default=96, metavar="N", help="with --vessels: simulated images without arteries"
    )
    parser.add_argument(
        "--scenes", type=positive, default=7200, metavar="N", help="with --distribution: number of simulated images"
    )
    parser.add_argument("--seed", type=seed, default=1, metavar="N", help="another draw of images")
    parser.add_argument("--workers", type=positive, metavar="N", help="processes (default: one per processor)")
    add_configuration(parser)
    parser.set_defaults(function=train)


def train(arguments: argparse.Namespace) -> int:
    """Train a particle classifier and write it to a file."""
    from mammocalc.training.destination import prepare_place_for  # noqa: PLC0415 - see run

    prepare_place_for(arguments.out)
    if arguments.distribution:
        return _train_distribution(arguments)
    if arguments.vessels is not None or arguments.courses is not None:
        return _train_vessels(arguments)
    from mammocalc.config import load  # noqa: PLC0415 - see run
    from mammocalc.execution.workers.resources import default_workers  # noqa: PLC0415
    from mammocalc.simulation.insertion.selection import read_selection  # noqa: PLC0415
    from mammocalc.training.destination import require_folder_of  # noqa: PLC0415
    from mammocalc.training.particles import train_on_images, train_on_simulations, write_classifier  # noqa: PLC0415

    config = load(arguments.config, arguments.overrides, read_salt(arguments)).config

    with ignored_warnings():
        workers = arguments.workers or default_workers()
        if arguments.into is None:
            trees = train_on_simulations(arguments.images, arguments.seed, config, workers, report_count("images"))
        else:
            only = None if arguments.only is None else read_selection(arguments.only)
            trees = train_on_images(
                arguments.into,
                arguments.images,
                arguments.seed,
                config,
                workers,
                only,
                report_count("images"),
            )
    require_folder_of(arguments.out)
    write_classifier(trees, arguments.out)
    print(f"a classifier from {trees.origin['images']} images in {arguments.out}")
    print(f"use it with: mammocalc run ... --set classify.file={arguments.out}")
    return DONE


def _train_distribution(arguments: argparse.Namespace) -> int:
    """Train the classifier of distributions and write it to a file."""
    if arguments.into is not None or arguments.only is not None:
        return report_error(
            "--distribution takes neither --into nor --only: it is trained on simulated points", WRONG_CALL
        )
    from mammocalc.config import load  # noqa: PLC0415 - see run
    from mammocalc.execution.workers.resources import default_workers  # noqa: PLC0415
    from mammocalc.training.destination import require_folder_of  # noqa: PLC0415
    from mammocalc.training.distribution import train_on_points, write_distribution_classifier  # noqa: PLC0415

    config = load(arguments.config, arguments.overrides, read_salt(arguments)).config

    with ignored_warnings():
        workers = arguments.workers or default_workers()
        classes = train_on_points(arguments.scenes, arguments.seed, config, workers, report_count("scenes"))
    require_folder_of(arguments.out)
    write_distribution_classifier(classes, arguments.out)
    print(f"a classifier of distributions from {classes.origin['scenes']} simulated scenes in {arguments.out}")
    print(f"use it with: mammocalc run ... --set distribution.file={arguments.out}")
    return DONE


def _train_vessels(arguments: argparse.Namespace) -> int:
    """Fit the model of arteries and write it to a file."""
    if arguments.vessels is None or arguments.courses is None:
        return report_error(
            "--vessels FOLDER and --courses CSV go together: images, and what was traced in them", WRONG_CALL
        )
    if arguments.into is not None or arguments.only is not None:
        return report_error("--vessels takes neither --into nor --only: --courses names the images", WRONG_CALL)
    from mammocalc.config import load  # noqa: PLC0415 - see run
    from mammocalc.execution.workers.resources import default_workers  # noqa: PLC0415
    from mammocalc.training.destination import require_folder_of  # noqa: PLC0415
    from mammocalc.training.vessels import train_on_courses, write_model  # noqa: PLC0415

    config = load(arguments.config, arguments.overrides, read_salt(arguments)).config

    with ignored_warnings():
        model = train_on_courses(
            arguments.vessels,
            arguments.courses,
            arguments.ducts,
            arguments.seed,
            config,
            arguments.workers or default_workers(),
            report_count("images"),
        )
    require_folder_of(arguments.out)
    write_model(model, arguments.out)
    said = model.origin
    print(
        f"a model of arteries from {said['arterial']} marks of {said['patients_with_arteries']} patients "
        f"in {arguments.out}"
    )
    print(f"use it with: mammocalc run ... --set vessels.file={arguments.out}")
    return DONE

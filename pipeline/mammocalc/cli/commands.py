"""The commands: each turns its arguments into one call, and the outcome into words and an exit code."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

import json
import signal
import sys
import textwrap
import warnings
from contextlib import contextmanager, suppress
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mammocalc.cli.address import parse_output
from mammocalc.cli.arguments import build_parser
from mammocalc.files.claim import FolderClaim
from mammocalc.files.plain_text import escaped
from mammocalc.vocabulary.errors import CallError, ConfigurationError, MammocalcError, OutputLostError, StoppedError
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

DONE: Final = 0
SOME_FAILED: Final = 1
WRONG_CALL: Final = 2
STOPPED: Final = 3


def main(argv: Sequence[str] | None = None) -> int:
    """
    Carry out one command.

    Parameters
    ----------
    argv : sequence of str or None
        The arguments behind the command's name; None for those of this process.

    Returns
    -------
    int
        0 done, 1 some files failed, 2 the call or the configuration is wrong
        and nothing was done, 3 the run was stopped and can go on.
    """
    _write_what_the_terminal_can()
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as end:  # argparse has said what is wrong, or shown the help
        return int(end.code or 0)
    command: Callable[[argparse.Namespace], int] = COMMANDS[arguments.command]
    try:
        return command(arguments)
    except MammocalcError as error:
        return _fail(error)
    except KeyboardInterrupt:
        return _say("stopped; the same command goes on where it was", STOPPED)
    except BrokenPipeError:  # as in `mammocalc config show | head`
        sys.stderr.close()
        return DONE
    except Exception as error:  # noqa: BLE001 - a traceback helps nobody at a clinic, and could quote a header
        from mammocalc.execution.process import describe_fault  # noqa: PLC0415 - see run

        return _say(f"{describe_fault(error)} The same command goes on where it was.", STOPPED)


def _write_what_the_terminal_can() -> None:
    """Write the name of a file as backslash sequences where the encoding of a terminal or a log does not have it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _say(sentence: str, code: int) -> int:
    print(f"mammocalc: {escaped(sentence)}", file=sys.stderr)
    return code


def _fail(error: MammocalcError) -> int:
    """Say what a command ended with: before it did anything, or on the way."""
    if isinstance(error, StoppedError | OutputLostError):
        return _say(f"{str(error).rstrip('.')}. The same command goes on where it was.", STOPPED)
    return _say(str(error), WRONG_CALL)


def run(arguments: argparse.Namespace) -> int:
    """Judge mammograms."""
    # Imported here, for the engine brings the image libraries with it: `--help` need not wait for them.
    from mammocalc.cli.console import Display, summarise  # noqa: PLC0415
    from mammocalc.config import load  # noqa: PLC0415
    from mammocalc.execution.batch import run as run_engine  # noqa: PLC0415
    from mammocalc.execution.run_options import RunRequest  # noqa: PLC0415
    from mammocalc.execution.watch import WatchSettings, watch  # noqa: PLC0415
    from mammocalc.execution.workers.resource_limits import Limits  # noqa: PLC0415
    from mammocalc.execution.workers.resources import default_workers  # noqa: PLC0415

    if arguments.settle is not None and not arguments.watch:
        return _say("--settle needs --watch", WRONG_CALL)
    out = parse_output(arguments.out)
    limits = {"time_seconds": arguments.time_limit, "memory_mib": arguments.memory_limit}
    request = RunRequest(
        inputs=tuple(arguments.inputs),
        out=out if isinstance(out, Path) else Path(),
        address=None if isinstance(out, Path) else out,
        scheduler=arguments.scheduler,
        resolved=load(arguments.config, arguments.overrides, _salt(arguments)),
        workers=arguments.workers or default_workers(),
        force=arguments.force,
        limits=Limits(**{name: value for name, value in limits.items() if value is not None}),
        name_map=arguments.name_map,
    )
    for sentence in _exposures(arguments):
        _say(sentence, DONE)
    with _silence(), Display(quiet=arguments.quiet) as display, _stop_on_signal(display.say) as should_stop:
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
        return _say(f"stopped: {summary.stopped_because}. The same command goes on where it was.", STOPPED)
    return SOME_FAILED if summary.totals.status["failed"] else DONE


def _exposures(arguments: argparse.Namespace) -> list[str]:
    """Say what of a call others can see."""
    from mammocalc.execution.backends.dask_cluster import what_is_exposed  # noqa: PLC0415 - see run

    found = [] if arguments.scheduler is None else [what_is_exposed(arguments.scheduler)]
    if any(override.startswith("privacy.patient_key_salt=") for override in arguments.overrides):
        found.append(
            "a salt on the command line stands in the list of processes and in the history of the shell; put it into a "
            "file that only you can read, and name that with --salt-file"
        )
    return [sentence for sentence in found if sentence is not None]


def _salt(arguments: argparse.Namespace) -> str | None:
    """Read the salt from its file, if one is named."""
    from mammocalc.config import read_salt  # noqa: PLC0415 - see run

    return None if arguments.salt_file is None else read_salt(arguments.salt_file)


def review(arguments: argparse.Namespace) -> int:
    """Serve a finished run to its readers, or write what they answered."""
    from mammocalc.review.server.actions import check_reader  # noqa: PLC0415 - see run

    reader = None if arguments.reader is None else check_reader(arguments.reader)
    if arguments.export is not None:
        from mammocalc.review.server.export import write_answers  # noqa: PLC0415

        count, left_out = write_answers(arguments.run, arguments.answers, arguments.export)
        print(escaped(f"answers to {count} image{'' if count == 1 else 's'} in {arguments.export}"))
        for sentence in left_out:
            _say(sentence, SOME_FAILED)
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
    )
    with _silence():
        serve(request, lambda line: print(escaped(line), flush=True))
    return DONE


def evaluate(arguments: argparse.Namespace) -> int:
    """Score a run against a truth."""
    from mammocalc.config import uid_hasher  # noqa: PLC0415 - see run
    from mammocalc.evaluation import (  # noqa: PLC0415
        ScoringSettings,
        read_run,
        read_truth,
        renamed,
        summarise,
        write_evaluation,
    )
    from mammocalc.evaluation import evaluate as score  # noqa: PLC0415
    from mammocalc.stages.clustering import GroupSettings, find_clusters  # noqa: PLC0415

    _require_apart(arguments.out, arguments.run, arguments.truth)
    finished = read_run(arguments.run)
    truth = read_truth(arguments.truth, finished.uid_of_file)
    public = uid_hasher(finished.configuration, arguments.salt_file)
    known = {**finished.images, **finished.not_judged}
    if public is not None:
        truth = renamed(truth, known, public)
    elif known.keys().isdisjoint(truth.images):
        message = (
            "The UIDs of this run were hashed under a secret salt (privacy.uids: hash), so that the truth's are not "
            "among them. Give the salt of the run with --salt-file FILE."
        )
        raise CallError(message)
    grouping = GroupSettings(**finished.configuration.get("group", {}))  # clusters as this run drew them
    with FolderClaim(arguments.out, "folder of the evaluation") as claim:
        evaluation = score(
            finished,
            truth,
            ScoringSettings(),
            lambda points_mm: [group.members for group in find_clusters(points_mm, grouping)],
            [read_run(folder) for folder in arguments.mark],
        )
        claim.check()
        write_evaluation(arguments.out, evaluation)
        claim.check()
    print(json.dumps(evaluation.document, indent=1) if arguments.json else escaped(summarise(evaluation.document)))
    return DONE


def _require_apart(out: Path, run: Path, truth: Path) -> None:
    """Raise CallError if an evaluation would be written where runs or truths are read."""
    from mammocalc.execution.run_layout import KINDS  # noqa: PLC0415 - see run

    taken = [run / name for name in KINDS] + ([truth] if truth.is_dir() else [])
    for place in taken:
        if out.resolve().is_relative_to(place.resolve()):
            message = f"--out {out} lies in {place}, whose files are read as results or truth. Choose another folder."
            raise CallError(message)


def associations(arguments: argparse.Namespace) -> int:
    """Count the malignant lesions of each distribution in the user's copy of a collection."""
    from mammocalc.evaluation import ScoringSettings  # noqa: PLC0415
    from mammocalc.evaluation.associations import count_associations, read_lesions, say_associations  # noqa: PLC0415
    from mammocalc.results.association import compare  # noqa: PLC0415 - see run

    counts = count_associations(read_lesions(arguments.tables), ScoringSettings())
    print(json.dumps(counts, indent=1) if arguments.json else f"{say_associations(counts)}\n\n{compare(counts)}")
    return DONE


def simulate(arguments: argparse.Namespace) -> int:
    """Write synthetic mammograms, or calcifications put into the user's own."""
    if arguments.into is not None:
        return _simulate_into(arguments)
    if arguments.only is not None or arguments.config is not None or arguments.overrides or arguments.salt_file:
        return _say("--only, --config, --set and --salt-file need --into", WRONG_CALL)
    from mammocalc.simulation import simulate as write_images  # noqa: PLC0415 - see run
    from mammocalc.simulation.default_recipe import default_recipe  # noqa: PLC0415
    from mammocalc.simulation.recipe import load_recipe  # noqa: PLC0415

    if arguments.recipe is None:
        recipe = default_recipe(1 if arguments.seed is None else arguments.seed)
    else:
        recipe = load_recipe(arguments.recipe)
        reseeded = [scene.model_copy(update={"seed": scene.seed + (arguments.seed or 0)}) for scene in recipe.scenes]
        recipe = recipe.model_copy(update={"scenes": tuple(reseeded)})
    paths = write_images(arguments.folder, recipe, is_alone=True)
    print(f"{len(paths)} image{'' if len(paths) == 1 else 's'} with their truth in {arguments.folder}")
    return DONE


def _simulate_into(arguments: argparse.Namespace) -> int:
    """Put calcifications into copies of the user's own mammograms."""
    from mammocalc.config import load  # noqa: PLC0415 - see run
    from mammocalc.simulation.insertion.folder import plant, read_selection, summarise  # noqa: PLC0415
    from mammocalc.simulation.insertion.recipe import InsertRecipe  # noqa: PLC0415
    from mammocalc.simulation.recipe import load_settings  # noqa: PLC0415

    config = load(arguments.config, arguments.overrides, _salt(arguments)).config
    recipe = InsertRecipe() if arguments.recipe is None else load_settings(arguments.recipe, InsertRecipe)
    only = None if arguments.only is None else read_selection(arguments.only)
    seed = 1 if arguments.seed is None else arguments.seed
    with _silence():
        rows = list(plant(arguments.folder, arguments.into, recipe, seed, config, only))
    if not rows:
        what = "no DICOM files" if only is None else "none of the images that --only names"
        message = f"{arguments.into} holds {what}: nothing was made"
        raise CallError(message)
    print(f"{summarise(rows)}\nwith their truth in {arguments.folder}")
    return SOME_FAILED if any(row.status == "failed" for row in rows) else DONE


def train(arguments: argparse.Namespace) -> int:
    """Train a particle classifier and write it to a file."""
    _require_place_for(arguments.out)
    if arguments.distribution:
        return _train_distribution(arguments)
    if arguments.vessels is not None or arguments.courses is not None:
        return _train_vessels(arguments)
    from mammocalc.config import load  # noqa: PLC0415 - see run
    from mammocalc.execution.workers.resources import default_workers  # noqa: PLC0415
    from mammocalc.simulation.insertion.folder import read_selection  # noqa: PLC0415
    from mammocalc.training.particles import train_on_images, train_on_simulations, write_classifier  # noqa: PLC0415

    config = load(arguments.config, arguments.overrides, _salt(arguments)).config

    with _silence():
        workers = arguments.workers or default_workers()
        if arguments.into is None:
            trees = train_on_simulations(arguments.images, arguments.seed, config, workers, _count("images"))
        else:
            only = None if arguments.only is None else read_selection(arguments.only)
            trees = train_on_images(
                arguments.into,
                arguments.images,
                arguments.seed,
                config,
                workers,
                only,
                _count("images"),
            )
    _require_folder_of(arguments.out)
    write_classifier(trees, arguments.out)
    print(f"a classifier from {trees.origin['images']} images in {arguments.out}")
    print(f"use it with: mammocalc run ... --set classify.file={arguments.out}")
    return DONE


def _require_place_for(classifier: Path) -> None:
    """Make the folder of a classifier before hours of work, and raise CallError where its file is something else."""
    try:
        classifier.parent.mkdir(parents=True, exist_ok=True)
        if classifier.exists() and not {"trees", "classes", "terms"} & set(
            json.loads(classifier.read_text(encoding="utf-8"))
        ):
            raise ValueError  # noqa: TRY301 - as any other file that is none
    except OSError as error:
        message = f"--out {classifier} cannot be written ({error.strerror or type(error).__name__}). Choose another."
        raise CallError(message) from None
    except (ValueError, TypeError):
        message = f"--out {classifier} is there already, and is no classifier. Choose another name."
        raise CallError(message) from None


def _require_folder_of(classifier: Path) -> None:
    """Raise StoppedError where the folder of a classifier went away during the work: it is not made anew."""
    if not classifier.parent.is_dir():
        message = f"the folder of {classifier} is gone: it was renamed or removed, or its disk was unmounted"
        raise StoppedError(message)


def _count(things: str) -> Callable[[int], None]:
    """Give what tells, on a terminal, how many are done."""

    def say(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} {things}", end="", file=sys.stderr, flush=True)

    return say


def _train_distribution(arguments: argparse.Namespace) -> int:
    """Train the classifier of distributions and write it to a file."""
    if arguments.into is not None or arguments.only is not None:
        return _say("--distribution takes neither --into nor --only: it is trained on simulated points", WRONG_CALL)
    from mammocalc.config import load  # noqa: PLC0415 - see run
    from mammocalc.execution.workers.resources import default_workers  # noqa: PLC0415
    from mammocalc.training.distribution import train_on_points, write_distribution_classifier  # noqa: PLC0415

    config = load(arguments.config, arguments.overrides, _salt(arguments)).config

    with _silence():
        workers = arguments.workers or default_workers()
        classes = train_on_points(arguments.scenes, arguments.seed, config, workers, _count("scenes"))
    _require_folder_of(arguments.out)
    write_distribution_classifier(classes, arguments.out)
    print(f"a classifier of distributions from {classes.origin['scenes']} simulated scenes in {arguments.out}")
    print(f"use it with: mammocalc run ... --set distribution.file={arguments.out}")
    return DONE


def _train_vessels(arguments: argparse.Namespace) -> int:
    """Fit the model of arteries and write it to a file."""
    if arguments.vessels is None or arguments.courses is None:
        return _say("--vessels FOLDER and --courses CSV go together: images, and what was traced in them", WRONG_CALL)
    if arguments.into is not None or arguments.only is not None:
        return _say("--vessels takes neither --into nor --only: --courses names the images", WRONG_CALL)
    from mammocalc.config import load  # noqa: PLC0415 - see run
    from mammocalc.execution.workers.resources import default_workers  # noqa: PLC0415
    from mammocalc.training.vessels import train_on_courses, write_model  # noqa: PLC0415

    config = load(arguments.config, arguments.overrides, _salt(arguments)).config

    with _silence():
        model = train_on_courses(
            arguments.vessels,
            arguments.courses,
            arguments.ducts,
            arguments.seed,
            config,
            arguments.workers or default_workers(),
            _count("images"),
        )
    _require_folder_of(arguments.out)
    write_model(model, arguments.out)
    said = model.origin
    print(
        f"a model of arteries from {said['arterial']} marks of {said['women_with_arteries']} women in {arguments.out}"
    )
    print(f"use it with: mammocalc run ... --set vessels.file={arguments.out}")
    return DONE


def config_show(arguments: argparse.Namespace) -> int:
    """Print every setting."""
    from mammocalc.config import describe, load, to_commented_yaml  # noqa: PLC0415 - see run

    resolved = load(arguments.file, arguments.overrides)
    if arguments.yaml:
        print(to_commented_yaml(resolved.config), end="")
        return DONE
    section = None
    for row in describe(resolved):
        head, _, key = row.path.rpartition(".")
        if head != section:
            print(f"\n{head}" if head else "", end="\n" if head else "")
            section = head
        unit = f" [{row.unit}]" if row.unit else ""
        print(f"{'  ' if head else ''}{key} = {row.value}{unit}  ({row.origin})")
        print(textwrap.indent(textwrap.fill(row.meaning, 92), "      "))
    return DONE


def config_check(arguments: argparse.Namespace) -> int:
    """Say of every file what is wrong with it."""
    from mammocalc.config import describe, load  # noqa: PLC0415 - see run

    code, defaults = DONE, describe(load())
    for file in arguments.files or [None]:
        try:
            resolved = load(file, arguments.overrides)
        except ConfigurationError as error:
            code = _say(str(error), WRONG_CALL)
        else:
            changed = sum(row.value != default.value for row, default in zip(describe(resolved), defaults, strict=True))
            print(f"{file or 'defaults'}: no mistakes, {changed} of {len(defaults)} settings differ from the defaults")
    return code


def config_schema(arguments: argparse.Namespace) -> int:
    """Print the JSON schema, or write it to a file."""
    from mammocalc.config import json_schema  # noqa: PLC0415 - see run

    text = json.dumps(json_schema(), indent=1, ensure_ascii=False)
    if arguments.file is None:
        print(text)
        return DONE
    try:
        arguments.file.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        return _say(f"the schema cannot be written ({error.strerror})", WRONG_CALL)
    return DONE


COMMANDS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "run": run,
    "review": review,
    "evaluate": evaluate,
    "associations": associations,
    "simulate": simulate,
    "train": train,
    "config_show": config_show,
    "config_check": config_check,
    "config_schema": config_schema,
}


@contextmanager
def _silence() -> Iterator[None]:
    """Keep the warnings of libraries off the terminal: they quote headers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _stop_on_signal(say: Callable[[str], None]) -> Iterator[Callable[[], bool]]:
    """
    Turn the first Ctrl-C or SIGTERM into a polite request; the second one ends the program.

    So it is with SIGHUP, which comes when a terminal is closed, unless it is ignored, as under ``nohup``.
    """
    asked: list[int] = []
    hangup = getattr(signal, "SIGHUP", signal.SIGTERM)  # Windows has none
    numbers = {signal.SIGINT, signal.SIGTERM, hangup}
    if signal.getsignal(hangup) is signal.SIG_IGN:
        numbers.discard(hangup)

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        with suppress(OSError):  # a terminal that was closed takes no word
            say("Stopping: the files in hand are finished. Once more to stop at once.")

    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

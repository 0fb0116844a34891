"""``mammocalc export``: writes the results of a run as DICOM objects."""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

from mammocalc.cli.exit_codes import DONE, SOME_FAILED
from mammocalc.cli.option_types import local_path
from mammocalc.cli.shared_options import add_salt
from mammocalc.cli.terminal import ignored_warnings, report_error
from mammocalc.files.plain_text import escaped

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from mammocalc.execution.export.request import LeftOut

LISTED: Final = 10  # of those of which one sentence is said

DESCRIPTION: Final = """\
Write the results of the run in RUN as DICOM objects, for archives and viewers of a hospital:

  cad-sr    Mammography CAD SR, one for each study: for mammography workstations
  gsps      a presentation state for each image: marks in layers, for most viewers
  capture   a secondary capture for each image: its overlay as a picture, for all viewers
  sr-1500   a TID 1500 measurement report for each study: for OHIF
  seg       segmentations of each image, binary and as a label map

These objects name the patient: patient and study are copied from the headers of the images. The files
of a run name nobody, so DIR must lie outside it. Images are matched by UID and content; an image that is
missing or has changed is named, and no object is written for it.
"""

EXAMPLES: Final = """\
examples:
  mammocalc export out --images sample_data --out objects --to cad-sr,gsps
  mammocalc export out --images sample_data --out objects --to cad-sr --manufacturer "My Hospital"
  mammocalc export out --images sample_data --out objects --to cad-sr --comparison changes

exit codes:
  0  everything that was asked for is in DIR
  1  something was left out; it is named here and in export.json
  2  the call is wrong, and nothing was done
  3  the disk is full or the folder was lost: the same command continues
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say in the command's parser what the command takes."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("run", type=local_path, metavar="RUN", help="the folder of a finished run")
    parser.add_argument(
        "--images", required=True, type=local_path, metavar="FOLDER", help="where the DICOM files of the run are now"
    )
    parser.add_argument(
        "--out", required=True, type=local_path, metavar="DIR", help="a folder of its own, made if needed"
    )
    parser.add_argument(
        "--to",
        required=True,
        metavar="KINDS",
        help="kinds of objects, separated by commas: cad-sr,gsps,capture,sr-1500,seg",
    )
    parser.add_argument(
        "--manufacturer",
        metavar="NAME",
        default="mammocalc",
        help="Manufacturer of the objects (default: mammocalc); some workstations show only those on a list",
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        default="mammocalc",
        help="Manufacturer's Model Name of the objects (default: mammocalc)",
    )
    parser.add_argument(
        "--comparison",
        type=local_path,
        metavar="DIR",
        help="folder that mammocalc compare wrote for this run: changes since the priors, for cad-sr, gsps, sr-1500",
    )
    parser.add_argument(
        "--prior-run", type=local_path, metavar="RUN", help="the run of the earlier date, if it is not RUN"
    )
    add_salt(parser)
    parser.set_defaults(function=export)


def export(arguments: argparse.Namespace) -> int:
    """Write the results of a run as DICOM objects."""
    gc.disable()  # nothing that is imported is garbage, and looking for some would take a seventh of the time
    from mammocalc.dicom.writer import Device  # noqa: PLC0415 - see run
    from mammocalc.execution.export.export import export as export_run  # noqa: PLC0415
    from mammocalc.execution.export.request import ExportRequest, parse_kinds  # noqa: PLC0415
    from mammocalc.rendering.wording import many  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    request = ExportRequest(
        run=arguments.run,
        images=arguments.images,
        out=arguments.out,
        kinds=parse_kinds(arguments.to.split(",")),
        device=Device(arguments.manufacturer, arguments.model),
        salt_file=arguments.salt_file,
        comparison=arguments.comparison,
        prior_run=arguments.prior_run,
    )
    with ignored_warnings():
        summary = export_run(request)
    count = len(summary.objects)
    named = {0: "", 1: "; it names the patient"}.get(count, "; they name the patient")
    print(escaped(f"{count} DICOM object{'' if count == 1 else 's'} in {arguments.out}{named}"))
    if summary.removed:
        print(f"note: {many(summary.removed, 'object')} of an earlier export, not of this one, removed")
    for note in _each_once(summary.notes):
        print(escaped(f"note: {note}"))
    for sentence in _each_once(summary.left_out):
        report_error(f"left out: {sentence}", SOME_FAILED)
    return SOME_FAILED if summary.left_out else DONE


def _each_once(items: Iterable[LeftOut]) -> Iterator[str]:
    """Say each sentence once, with those of which it is said."""
    subjects: dict[str, list[str]] = {}
    for item in items:
        subjects.setdefault(item.message, []).append(item.subject)
    for message, named in subjects.items():
        if len(named) == 1:
            yield f"{named[0]}: {message}" if named[0] else message
            continue
        more = [f"and {len(named) - LISTED} more, in export.json"] if len(named) > LISTED else []
        yield "\n  ".join((f"{message} ({len(named)}):", *named[:LISTED], *more))

"""C-STORE user: sends objects to an application entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydicom.filereader import read_file_meta_info
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import evt

from mammocalc.node.caller import Caller
from mammocalc.node.delivery import Answer, Fate, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pynetdicom.association import Association
    from pynetdicom.events import Event

OUT_OF_RESOURCES: Final = range(0xA700, 0xA800)
NOT_AUTHORISED: Final = 0x0124
_NAMES: Final = {"1.2.840.10008.5.1.4.1.1.66.7": "Label Map Segmentation Storage"}
"""Of classes that are newer than pydicom's list."""
WARNINGS: Final = range(0xB000, 0xC000)


class StorePeer(Caller):
    """An application entity that stores."""

    answer_s = 60.0
    """An archive that indexes a large object takes seconds."""

    def offer(self, files: Sequence[Path]) -> Iterator[Answer]:
        """
        Send files over one association.

        Yields
        ------
        Answer
            One for each file, in their order, as it comes; fewer where the association ends.

        Raises
        ------
        UnreachableError
            If there is no association.
        """
        kinds = dict(map(_kind_of, files))
        self.entity.requested_contexts = []
        for sop_class, syntax in sorted(set(kinds.values())):
            for one in dict.fromkeys((syntax, str(ExplicitVRLittleEndian), str(ImplicitVRLittleEndian))):
                self.entity.add_requested_context(sop_class, one)
        opened: list[Event] = []
        association = self.associate([(evt.EVT_CONN_OPEN, opened.append)])
        if not association.is_established and association.rejected_contexts and not association.accepted_contexts:
            yield from (Answer(file, Fate.REFUSED, _takes_no(kinds[file][0])) for file in files)
            return
        if not association.is_established:
            raise UnreachableError(_why_none(is_rejected=association.is_rejected, is_open=bool(opened)))
        try:
            for file in files:
                if not association.is_established:
                    return
                yield self._send(association, file, kinds[file][0])
        finally:
            if association.is_established:
                association.release()

    def _send(self, association: Association, file: Path, sop_class: str) -> Answer:
        try:
            answer = association.send_c_store(file)
        except FileNotFoundError:
            return Answer(file, Fate.STORED)  # a newer state of the study has taken its place
        except ValueError:
            return Answer(file, Fate.REFUSED, _takes_no(sop_class))
        except (AttributeError, RuntimeError, OSError) as error:
            return Answer(file, Fate.LATER, f"an unforeseen {type(error).__name__}")
        code = answer.get("Status")
        if code is None:
            return Answer(file, Fate.LATER, "it did not answer")
        if code == 0 or code in WARNINGS:
            return Answer(file, Fate.STORED)
        is_passing = code in OUT_OF_RESOURCES or code == NOT_AUTHORISED
        return Answer(file, Fate.LATER if is_passing else Fate.REFUSED, f"status 0x{code:04X}")


def _kind_of(file: Path) -> tuple[Path, tuple[str, str]]:
    meta = read_file_meta_info(file)
    return file, (str(meta.MediaStorageSOPClassUID), str(meta.TransferSyntaxUID))


def _takes_no(sop_class: str) -> str:
    return f"it takes no {_NAMES.get(sop_class) or UID(sop_class).name}"


def _why_none(*, is_rejected: bool, is_open: bool) -> str:
    if is_rejected:
        return "it refuses the association: it may not know this AE title"
    return "it aborted the association" if is_open else "it cannot be reached"

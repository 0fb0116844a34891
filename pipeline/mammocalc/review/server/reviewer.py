"""A review: the run, its pictures and answers, and what each reader may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.model.view_names import name_of
from mammocalc.review.server.action import Before
from mammocalc.review.server.pixel_description import describe_pixels
from mammocalc.review.server.reader_name import check_reader
from mammocalc.review.server.reading_progress import ReadingProgress, state_of_result
from mammocalc.review.server.refusals import NotAllowedError, NotKnownError, NotServedError
from mammocalc.review.server.replay import next_steps, undone_by
from mammocalc.review.server.run_files import WrongFileError, read_inside
from mammocalc.review.server.worklist import make_worklist
from mammocalc.vocabulary.lexicon import NOTICE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

    from mammocalc.review.server.actions import Action
    from mammocalc.review.server.answers import Answers, Taken
    from mammocalc.review.server.picture_store import PictureStore
    from mammocalc.review.server.pixels import Picture
    from mammocalc.review.server.reader_state import State
    from mammocalc.review.server.relations import Relations

PICTURE_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
"""Of JPEG and PNG: whatever else lies in the folder of a run is not sent."""


class Review:
    """
    Everything that the server answers, without HTTP.

    Parameters
    ----------
    relations : Relations
        With the run itself.
    answers : Answers
    pictures : PictureStore
    reader : str or None
        Whose answers are shown where a request names nobody. None where
        nobody was named at the start: then everybody gives a name, for two who gave none would be one reader.
    is_pinned : bool
        Whether a blinded review serves that reader alone.
    is_blinded : bool
        Whether the results of a patient are kept back until a reader has read all of their images.
    tile_px : int
    """

    def __init__(
        self,
        relations: Relations,
        answers: Answers,
        pictures: PictureStore,
        *,
        reader: str | None,
        is_pinned: bool,
        is_blinded: bool,
        tile_px: int,
    ) -> None:
        self.index = relations.index
        self.runs = relations.runs
        self.answers = answers
        self.pictures = pictures
        self.reader = reader
        self.is_blinded = is_blinded
        self._is_pinned = is_pinned and is_blinded
        self._tile_px = tile_px
        self._relations = relations
        self._progress = ReadingProgress(self.index, answers)

    # ------------------------------------------------------------ the run

    def run(self) -> dict[str, Any]:
        """Describe the run."""
        record = self.index.record
        read = sum(marks["read"] for marks in self._progress.marks(self.reader or "").values())
        failed = sum(row["status"] == "failed" for row in self.index.not_analysed)
        return {
            "name": self.index.folder.resolve().name,
            "version": record.get("version"),
            "configuration_digest": record.get("configuration_digest"),
            "started": record.get("started"),
            "state": record.get("state"),
            "blinded": self.is_blinded,
            "notice": NOTICE,
            "reader": self.reader,
            "readers": self._readers(),
            "answers_on_share": self.answers.is_on_share,
            "totals": {"images": len(self.index.images), "read": read, "failed": failed},
        }

    def _readers(self) -> list[str]:
        """Name everybody whom the server serves and knows."""
        own = set() if self.reader is None else {self.reader}
        return sorted(own if self._is_pinned else own | set(self.answers.readers()))

    def worklist(self, reader: str | None) -> dict[str, Any]:
        """List the images, with what this reader has answered, and the files that were not analysed."""
        marks = self._progress.marks(self.who(reader))
        return make_worklist(
            self.index, self._relations.examinations, marks, lambda uid: bool(self._unread(uid, marks))
        )

    # ------------------------------------------------------------ one image

    def image(self, uid: str, reader: str | None, drawn: Future[Picture]) -> dict[str, Any]:
        """Give everything of one image that this reader may see; ``drawn`` is what `begin` gave, and has ended."""
        image, name = self.runs.find(uid), self.who(reader)
        identity = image.identity
        is_own = self.runs.home(uid) == uid
        taken = self.answers.of_image(uid, name) if is_own else []
        is_open = self._may_see(uid, name)
        return {
            "name": self._relations.examinations.name(uid) if is_own else name_of(identity),
            "image": {
                "sop_instance_uid": identity.sop_instance_uid,
                "frame": identity.frame,
                "number_of_frames": identity.number_of_frames,
                "laterality": identity.laterality,
                "view": identity.view,
                "patient_orientation": list(identity.patient_orientation),
                "rows": identity.rows,
                "columns": identity.columns,
                "pixel_spacing_mm": list(image.spacing_mm) if image.spacing_mm else None,
            },
            "result": self.runs.result(uid)[0] if is_open else None,
            "pixels": describe_pixels(image, drawn, self._tile_px),
            "case": self._relations.examinations.case(uid) if is_own else [uid],
            "prior": self._relations.prior(uid) if is_own else None,
            "study": self._relations.study(uid) if is_open and is_own else None,
            "comparison": self._relations.comparison(uid) if is_open and is_own else None,
            "answers": self._answer(uid, name, taken),
        }

    def tile(self, picture: Picture, level: int, row: int, column: int) -> tuple[bytes, dict[str, str]]:
        """Give a tile of an image, and the headers that say what its values mean."""
        tile = picture.tile(level, row, column, self._tile_px)
        if tile is None:
            message = "The image has no such tile. Reload it."
            raise NotKnownError(message)
        scale = picture.scale
        headers = {"X-Offset": repr(scale.offset), "X-Slope": repr(scale.slope)} if scale.kind == "modality" else {}
        return tile, headers

    def file(self, uid: str, kind: str, reader: str | None) -> tuple[bytes, str]:
        """Give the run's own overlay or thumbnail, both of which show the marks, and its ending."""
        image = self.runs.find(uid)
        if not self._may_see(uid, self.who(reader)):  # before all else: some runs have pictures of findings alone
            message = f"Blinded reading: the {kind} is shown when all images of this patient have been read."
            raise NotKnownError(message)
        place = image.overlay if kind == "overlay" else image.thumbnail
        if place is None:
            message = f"The run has no {kind} of this image."
            raise NotKnownError(message)
        try:
            picture = read_inside(self.runs.index_of(uid).folder, place)
        except (OSError, WrongFileError):  # it has gone, or became a link, since the start
            picture = b""
        if not picture.startswith(PICTURE_BEGINNINGS):
            message = f"The {kind} of this image is not a picture any more. Look whether the run's folder is complete."
            raise NotKnownError(message)
        return picture, place.suffix

    def begin(self, uid: str) -> Future[Picture]:
        """Begin the decoding of an image of the run."""
        self.runs.find(uid)
        return self.pictures.begin(uid)

    def begin_plain(self, uid: str) -> Future[bytes]:
        """Begin a thumbnail of the pixels alone, which a blinded reader may see."""
        self.runs.find(uid)
        return self.pictures.begin_thumbnail(uid)

    def take(self, uid: str, reader: str | None, action: Action) -> dict[str, Any]:
        """Take an action; it is on the disk when this returns."""
        self.runs.find(uid)
        self.runs.require_own(uid)
        name = check_reader(self.who(reader))
        result, digest = self.runs.result(uid)
        is_open = self._may_see(uid, name)

        def prepare(before: list[Taken]) -> tuple[str, str, bool, dict[str, Any]]:
            if not is_open and action.needs_marks:  # even "no such mark" would tell something
                message = (
                    "Blinded reading: mark all images of this patient as read first; then marks can be seen and judged."
                )
                raise NotAllowedError(message)
            met = Before(
                state_of_result(before, digest),
                result,
                lambda other: self._other_result(other, name),
                lambda pair: self._relations.claim(uid, pair),
                lambda pair: self._relations.is_pair(uid, pair),
            )
            action.check(met)
            configuration = result["provenance"]["configuration_digest"]
            return configuration, digest, not is_open, action.sealed(met).model_dump(mode="json")

        return self._answer(uid, name, self.answers.take(uid, name, prepare))

    def history(self, uid: str, reader: str | None) -> list[dict[str, Any]]:
        """List every action on an image, of one reader or, where nobody is named and nothing is blinded, of all."""
        self.runs.find(uid)
        name = self.who(reader) if reader or self.is_blinded else None
        taken = self.answers.of_image(uid, name) if self.runs.home(uid) == uid else []
        digest = self.runs.result_digest(uid)
        own: dict[tuple[str, str], list[Taken]] = {}
        for item in taken:
            own.setdefault((item.reader, item.result_digest), []).append(item)
        undone: dict[int, int] = {}
        for items in own.values():
            undone.update(undone_by((item.number, item.action) for item in items))
        return [
            {
                "number": item.number,
                "reader": item.reader,
                "time": item.time,
                "configuration_digest": item.configuration_digest,
                "result_digest": item.result_digest,
                "is_of_this_result": item.result_digest == digest,
                "blinded": item.is_blinded,
                "undone_by": undone.get(item.number),
                "action": item.action.model_dump(mode="json"),
            }
            for item in taken
        ]

    # ------------------------------------------------------------ who may see what

    def who(self, reader: str | None) -> str:
        """Say whose answers are meant; empty where nobody was named, who has answered nothing."""
        name = (self.reader or "") if reader is None else check_reader(reader)
        if self._is_pinned and name != self.reader:
            message = f"This blinded review is {self.reader}'s. Start another one for another reader."
            raise NotServedError(message)
        return name

    def _may_see(self, uid: str, reader: str) -> bool:
        """Whether a reader may see the result: always, or once all images of the patient are marked as read."""
        return not self.is_blinded or not self._unread(uid, self._progress.marks(reader))

    def _unread(self, uid: str, marks: Mapping[str, Mapping[str, bool]]) -> list[str]:
        """List the images of the same patient that keep a blinded reader from seeing this one's result."""
        if not self.is_blinded:
            return []
        own = self._relations.examinations.same_patient(self.runs.home(uid))
        return [other for other in own if other not in marks or not marks[other]["answered"]]

    def _other_result(self, uid: str, reader: str) -> tuple[dict[str, Any], str]:
        """Give the result of another image that an action names, where the reader may see it."""
        self.runs.find(uid)
        if not self._may_see(uid, reader):
            message = "Blinded reading: the other image of this pair is not read yet."
            raise NotAllowedError(message)
        return self.runs.result(uid)

    def _present(self, state: State) -> State:
        """Leave out what was said of pairs whose other result is not there any more: its ids mean something else."""
        digests = {name.other: self.runs.result_digest(name.other) for name in state.pairs}
        state.pairs = {name: said for name, said in state.pairs.items() if said["other_digest"] == digests[name.other]}
        return state

    def _answer(self, uid: str, reader: str, taken: list[Taken]) -> dict[str, Any]:
        digest = self.runs.result_digest(uid)
        present = [item for item in taken if item.result_digest == digest]
        unread = self._unread(uid, self._progress.marks(reader))
        label = None if unread else self.runs.find(uid).found["distribution"]
        undoes, redoes = next_steps((item.number, item.action) for item in present)
        return {
            "reader": reader,
            "configuration_digest": self.index.record.get("configuration_digest"),
            **self._present(state_of_result(taken, digest)).as_json(label),
            "undoes": None if undoes is None else undoes.model_dump(mode="json"),
            "redoes": None if redoes is None else redoes.model_dump(mode="json"),
            "last": taken[-1].number if taken else 0,
            "answered": not unread,
            "unread_of_case": len(unread),
            "images_of_case": len(self._relations.examinations.same_patient(self.runs.home(uid))),
            "other_results": len(taken) - len(present),
            "saved_at": present[-1].time if present else None,
        }

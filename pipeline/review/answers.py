"""Where answers are kept: a table of actions in SQLite that only grows."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import CallError
from pipeline.review.actions import parse_action
from pipeline.review.network_share import is_network_share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipeline.review.actions import Action

ANSWERS: Final = "answers.sqlite"
"""The name of the file in the folder of a run."""
APPLICATION: Final = 0x6D6D6361
"""``mmca`` in the header of the file: no other program's database is taken for ours."""
BUSY_S: Final = 15.0
"""How long one server waits for another that writes; a write takes milliseconds."""

_FIRST: Final = (
    """CREATE TABLE actions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        uid TEXT NOT NULL,
        reader TEXT NOT NULL,
        configuration_digest TEXT NOT NULL,
        result_digest TEXT NOT NULL,
        blinded INTEGER NOT NULL,
        time TEXT NOT NULL,
        action TEXT NOT NULL)""",
    "CREATE INDEX actions_of_image ON actions (uid, reader, number)",
    """CREATE TRIGGER actions_stay BEFORE UPDATE ON actions
        BEGIN SELECT RAISE(ABORT, 'actions are never changed'); END""",
    """CREATE TRIGGER actions_are_kept BEFORE DELETE ON actions
        BEGIN SELECT RAISE(ABORT, 'actions are never removed'); END""",
)
MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (_FIRST,)
"""What makes each version of the schema from the one before; the version is ``PRAGMA user_version``."""


class AnswersError(CallError):
    """The answers cannot be read or kept."""


@dataclass(frozen=True, slots=True)
class Taken:
    """
    An action as it was taken.

    ``result_digest`` is that of the result that the reader had before them;
    ``is_blinded`` says that they had not seen it.
    """

    number: int
    uid: str
    reader: str
    configuration_digest: str
    result_digest: str
    is_blinded: bool
    time: str
    action: Action


class Answers:
    """
    The actions of all readers, in one file.

    Every action is on the disk before `take` returns. Rows are added and
    never changed or removed, which the file itself enforces. Threads may share
    one object, and several servers one file.

    Parameters
    ----------
    file : Path
        Made if needed; its folder must exist.
    migrations : tuple of tuple of str
        Statements of each version of the schema.

    Raises
    ------
    AnswersError
        If the file cannot be opened, is none of ours, or was written by a
        newer version.
    """

    def __init__(self, file: Path, migrations: tuple[tuple[str, ...], ...] = MIGRATIONS) -> None:
        self.file = file
        self._lock = threading.RLock()
        if not file.parent.is_dir():
            message = f"The folder of {file} does not exist. Make it, or choose another place with --answers."
            raise AnswersError(message)
        self.is_on_share = is_network_share(file.parent)
        try:
            self._database = sqlite3.connect(file, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            self._open(migrations)
        except sqlite3.Error as error:
            raise self._wrong(error) from None

    def _open(self, migrations: tuple[tuple[str, ...], ...]) -> None:
        """Set the file up, or bring it to the present version."""
        ask = self._database.execute
        # A log file beside the database needs memory that all writers share: on a share there is none.
        ask(f"PRAGMA journal_mode = {'DELETE' if self.is_on_share else 'WAL'}")
        ask("PRAGMA synchronous = FULL")
        with self._writing():
            version: int = ask("PRAGMA user_version").fetchone()[0]
            application: int = ask("PRAGMA application_id").fetchone()[0]
            is_new = version == 0 and not ask("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not is_new and application != APPLICATION:
                message = f"{self.file} is a database of another program. Choose another file with --answers."
                raise AnswersError(message)
            if version > len(migrations):
                message = f"{self.file} was written by a newer version of mammocalc. Update mammocalc to go on with it."
                raise AnswersError(message)
            for number, statements in enumerate(migrations[version:], start=version + 1):
                for statement in statements:
                    ask(statement)
                ask(f"PRAGMA user_version = {number}")
            ask(f"PRAGMA application_id = {APPLICATION}")

    def close(self) -> None:
        """Close the file; what was taken is in it."""
        with self._lock:
            self._database.close()

    def of_image(self, uid: str, reader: str | None = None) -> list[Taken]:
        """List the actions on an image, of one reader or of all, in the order in which they were taken."""
        return self._select("WHERE uid = ? AND reader = coalesce(?, reader)", uid, reader)

    def since(self, number: int, reader: str | None = None) -> list[Taken]:
        """List the actions on all images behind a number, of one reader or of all."""
        return self._select("WHERE number > ? AND reader = coalesce(?, reader)", number, reader)

    def readers(self) -> list[str]:
        """Name everybody who has answered anything, in alphabetical order."""
        with self._lock:
            try:
                rows = self._database.execute("SELECT DISTINCT reader FROM actions ORDER BY reader").fetchall()
            except sqlite3.Error as error:
                raise self._wrong(error) from None
        return [row[0] for row in rows]

    def take(
        self,
        uid: str,
        reader: str,
        prepare: Callable[[list[Taken]], tuple[str, str, bool, dict[str, Any]]],
    ) -> list[Taken]:
        """
        Add one action.

        Parameters
        ----------
        uid, reader : str
        prepare : callable
            Gets the reader's actions on this image so far, which nobody else
            changes meanwhile; gives configuration digest, result digest,
            whether the reader is blinded, and the action as JSON values. If it
            raises, nothing is added.

        Returns
        -------
        list of Taken
            All actions of this reader on this image, the new one last; on the
            disk.
        """
        with self._lock:
            try:
                with self._writing():
                    before = self.of_image(uid, reader)
                    configuration, result, is_blinded, action = prepare(before)
                    row = (uid, reader, configuration, result, int(is_blinded), _now(), _to_json(action))
                    number = self._database.execute(
                        "INSERT INTO actions (uid, reader, configuration_digest, result_digest, blinded, time, action)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?)",
                        row,
                    ).lastrowid
            except sqlite3.Error as error:
                raise self._wrong(error) from None
        return [*before, _taken((number, *row))]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Make everything inside one transaction, alone in writing."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:  # a full disk may have ended it already
                self._database.execute("ROLLBACK")
            raise

    def _select(self, condition: str, *values: str | float | None) -> list[Taken]:
        question = (
            "SELECT number, uid, reader, configuration_digest, result_digest, blinded, time, action FROM actions "  # noqa: S608 - conditions stand above
            f"{condition} ORDER BY number"
        )
        with self._lock:
            try:
                return [_taken(row) for row in self._database.execute(question, values).fetchall()]
            except sqlite3.Error as error:
                raise self._wrong(error) from None

    def _wrong(self, error: sqlite3.Error) -> AnswersError:
        return AnswersError(
            f"The answers in {self.file} cannot be read or written ({error}). Check the disk and its permissions, "
            "or choose another file with --answers."
        )


def _taken(row: tuple[Any, ...]) -> Taken:
    number, uid, reader, configuration, result, blinded, time, action = row
    return Taken(number, uid, reader, configuration, result, bool(blinded), time, parse_action(json.loads(action)))


def _to_json(action: dict[str, Any]) -> str:
    return json.dumps(action, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

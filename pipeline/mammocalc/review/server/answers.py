"""Answers of readers: a table of actions in SQLite that only grows."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from mammocalc.review.server.action import ActionError
from mammocalc.review.server.actions import parse_action
from mammocalc.review.server.answers_file import (
    APPLICATION,
    MIGRATIONS,
    AnswersError,
    _identity,
    _schema,
    _schema_of,
    check_ours,
)
from mammocalc.review.server.network_share import is_network_share
from mammocalc.review.server.reader_name import check_reader
from mammocalc.review.server.run_files import WrongFileError, parse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mammocalc.review.server.actions import Action

ANSWERS: Final = "answers.sqlite"
"""The name of the file in the folder of a run."""

BUSY_S: Final = 15.0
"""How long one server waits for another that writes; a write takes milliseconds."""

_COLUMNS: Final = "number, uid, reader, configuration_digest, result_digest, blinded, time, action"


@dataclass(frozen=True, slots=True)
class Damaged:
    """A row that is no action as this program writes them: it is named and left out, and all others count."""

    number: int
    uid: str
    reader: str
    why: str


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
        If the file cannot be opened, is not one of ours, or was written by a
        newer version.
    """

    def __init__(self, file: Path, migrations: tuple[tuple[str, ...], ...] = MIGRATIONS) -> None:
        self.file = file
        self._lock = threading.RLock()
        if not file.parent.is_dir():
            message = f"The folder of {file} does not exist. Make it, or choose another place with --answers."
            raise AnswersError(message)
        self.is_on_share = is_network_share(file.parent)
        check_ours(file)
        try:
            self._database = sqlite3.connect(file, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._wrong(error) from None
        try:
            self._database.text_factory = lambda text: text.decode("utf-8", "replace")
            self._open(migrations)
        except BaseException as error:
            self._database.close()  # and what SQLite put beside it goes
            if isinstance(error, sqlite3.Error):
                raise self._wrong(error) from None
            raise
        self._opened = _identity(file)

    def _open(self, migrations: tuple[tuple[str, ...], ...]) -> None:
        """Set the file up, or bring it to the present version."""
        ask = self._database.execute
        ask("PRAGMA trusted_schema = OFF")
        ask("PRAGMA synchronous = FULL")
        with self._writing():
            version: int = ask("PRAGMA user_version").fetchone()[0]
            if version > len(migrations):
                message = f"{self.file} was written by a newer version of mammocalc. Update mammocalc to go on with it."
                raise AnswersError(message)
            for number, statements in enumerate(migrations[version:], start=version + 1):
                for statement in statements:
                    ask(statement)
                ask(f"PRAGMA user_version = {number}")
            ask(f"PRAGMA application_id = {APPLICATION}")
            if _schema(self._database) != _schema_of(migrations):
                message = (
                    f"The tables of {self.file} were changed by another program. Choose another file with --answers."
                )
                raise AnswersError(message)
        # Only now, for until the file says that it is ours nothing may lie beside it. A log file beside the
        # database needs memory that all writers share: on a share there is none.
        ask(f"PRAGMA journal_mode = {'DELETE' if self.is_on_share else 'WAL'}")

    def _check_place(self) -> None:
        """Raise an `AnswersError` where the path names another file than the one that is open, or none."""
        if _identity(self.file) != self._opened:
            message = (
                f"NOT SAVED: {self.file} was removed, renamed or replaced while the server ran. Put the file back, or "
                "start mammocalc review again."
            )
            raise AnswersError(message)

    def _check_kept(self, number: int, row: tuple[Any, ...]) -> None:
        """Raise an `AnswersError` unless somebody who opens the file now finds a row in it."""
        self._check_place()
        try:
            with closing(
                sqlite3.connect(f"{self.file.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_S)
            ) as other:
                found = other.execute(f"SELECT {_COLUMNS} FROM actions WHERE number = ?", (number,)).fetchone()  # noqa: S608
        except sqlite3.Error as error:
            raise AnswersError(f"NOT SAVED. {self._wrong(error)}") from None
        if found != (number, *row):
            message = (
                f"NOT SAVED: what was written to {self.file} is not found there: its files were removed or replaced "
                "while the server ran. Start mammocalc review again."
            )
            raise AnswersError(message)

    def close(self) -> None:
        """Close the file; what was taken is in it."""
        with self._lock:
            self._database.close()

    def of_image(self, uid: str, reader: str | None = None) -> list[Taken]:
        """List the actions on an image, of one reader or of all, in the order in which they were taken."""
        return self._select("WHERE uid = ? AND reader = coalesce(?, reader)", uid, reader)[0]

    def since(self, number: int, reader: str | None = None) -> list[Taken]:
        """List the actions on all images behind a number, of one reader or of all."""
        return self._select("WHERE number > ? AND reader = coalesce(?, reader)", number, reader)[0]

    def damaged(self) -> list[Damaged]:
        """List the rows that are no actions, by their numbers."""
        return self._select("WHERE number > ? AND reader = coalesce(?, reader)", -1, None)[1]

    def readers(self) -> list[str]:
        """Name everybody who has answered anything, in alphabetical order."""
        with self._lock:
            try:
                rows = self._database.execute("SELECT DISTINCT reader FROM actions ORDER BY reader").fetchall()
            except sqlite3.Error as error:
                raise self._wrong(error) from None
        return [row[0] for row in rows if isinstance(row[0], str)]

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
            disk, in the file that the path names.
        """
        with self._lock:
            self._check_place()
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
                raise AnswersError(f"NOT SAVED. {self._wrong(error)}") from None
            self._check_kept(number or 0, row)
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

    def _select(self, condition: str, *values: str | float | None) -> tuple[list[Taken], list[Damaged]]:
        question = f"SELECT {_COLUMNS} FROM actions {condition} ORDER BY number"  # noqa: S608 - conditions stand above
        with self._lock:
            try:
                rows = self._database.execute(question, values).fetchall()
            except sqlite3.Error as error:
                raise self._wrong(error) from None
        taken, damaged = [], []
        for row in rows:
            try:
                taken.append(_taken(row))
            except (ActionError, WrongFileError) as error:
                number, uid, reader = row[:3]
                damaged.append(Damaged(int(number), _shown(uid), _shown(reader), str(error)))
        return taken, damaged

    def _wrong(self, error: sqlite3.Error) -> AnswersError:
        return AnswersError(
            f"The answers in {self.file} cannot be read or written ({error}). Check the disk and its permissions, "
            "or choose another file with --answers."
        )


def _taken(row: tuple[Any, ...]) -> Taken:
    number, uid, reader, configuration, result, blinded, time, action = row
    if not all(isinstance(text, str) for text in (uid, reader, configuration, result, time, action)):
        message = "it holds something else than text"
        raise WrongFileError(message)
    if check_reader(reader) != reader:
        message = "its reader has blanks around the name"
        raise WrongFileError(message)
    return Taken(number, uid, reader, configuration, result, bool(blinded), time, parse_action(parse_json(action)))


def _shown(value: Any) -> str:
    """Write anything on one line."""
    return "".join(one if one.isprintable() else "?" for one in str(value))[:64]


def _to_json(action: dict[str, Any]) -> str:
    return json.dumps(action, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

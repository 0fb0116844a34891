"""File of answers: its tables, and its identification."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final

from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


APPLICATION: Final = 0x6D6D6361
"""``mmca`` in the header of the file: no other program's database is taken for ours."""

BESIDE: Final = ("-wal", "-shm", "-journal")
"""What SQLite writes beside a database."""

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


class AnswersError(UsageError):
    """The answers cannot be read or kept."""


def check_ours(file: Path) -> None:
    """
    Look at a file without changing it or anything beside it.

    Raises
    ------
    AnswersError
        If it is there, and no file of answers.
    """
    for name in (file, *(file.with_name(file.name + ending) for ending in BESIDE)):
        if name.is_symlink() and (name != file or not name.exists()):
            message = f"{name} is a link, so nothing is written through it. Remove it, or choose another --answers."
            raise AnswersError(message)
    if not file.exists():
        return
    if not file.is_file():
        message = f"{file} is not a file. Choose another one with --answers."
        raise AnswersError(message)
    if file.stat().st_size == 0:
        return
    application = None
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)) as seen:
        application = seen.execute("PRAGMA application_id").fetchone()[0]
    if application != APPLICATION:
        what = "cannot be read as a database" if application is None else "is a database of another program"
        message = f"{file} {what}. Choose another file with --answers."
        raise AnswersError(message)


def _identity(file: Path) -> tuple[int, int] | None:
    """Give what tells a file from any other; None where there is none."""
    try:
        seen = file.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


def _schema(database: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """List what a database defines; what SQLite adds by itself is left out."""
    return database.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY type, name"
    ).fetchall()


def _schema_of(migrations: tuple[tuple[str, ...], ...]) -> list[tuple[Any, ...]]:
    """List what the present version defines."""
    with closing(sqlite3.connect(":memory:")) as empty:
        for statements in migrations:
            for statement in statements:
                empty.execute(statement)
        return _schema(empty)

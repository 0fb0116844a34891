from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.review.server import answers as module
from mammocalc.review.server.action import ActionError
from mammocalc.review.server.answers import Answers, Taken
from mammocalc.review.server.answers_file import MIGRATIONS, AnswersError

if TYPE_CHECKING:
    from pathlib import Path


def say(text: str) -> Any:
    return lambda _before: ("digest", "result", False, {"type": "comment", "text": text})


def test_an_action_comes_back_as_it_was_taken(tmp_path: Path) -> None:
    store = Answers(tmp_path / "a.sqlite")
    taken = store.take("1.2", "Ada", say("é \u2028 'x'"))
    assert store.of_image("1.2", "Ada") == taken
    assert (taken[0].number, taken[0].reader, taken[0].action.model_dump()["text"]) == (1, "Ada", "é \u2028 'x'")
    assert store.of_image("1.2", "Grace") == store.of_image("1.3") == []
    assert store.since(1) == []
    assert store.readers() == ["Ada"]


def test_the_file_itself_refuses_to_change_or_remove_an_action(tmp_path: Path) -> None:
    store = Answers(tmp_path / "a.sqlite")
    store.take("1.2", "Ada", say("a"))
    store.close()
    database = sqlite3.connect(tmp_path / "a.sqlite")
    for change in ("UPDATE actions SET reader = 'Eve'", "DELETE FROM actions"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            database.execute(change)
    database.close()


def test_what_is_refused_leaves_nothing_behind_and_the_file_open(tmp_path: Path) -> None:
    def refuse(_before: list[Taken]) -> Any:
        message = "no"
        raise ActionError(message)

    store = Answers(tmp_path / "a.sqlite")
    with pytest.raises(ActionError):
        store.take("1.2", "Ada", refuse)
    assert len(store.take("1.2", "Ada", say("a"))) == 1


def test_an_older_file_is_migrated_and_keeps_its_answers(tmp_path: Path) -> None:
    first = Answers(tmp_path / "a.sqlite")
    first.take("1.2", "Ada", say("old"))
    first.close()
    newer = (*MIGRATIONS, ("CREATE TABLE more (x)",), ("INSERT INTO more VALUES (1)",))
    second = Answers(tmp_path / "a.sqlite", newer)
    assert [item.action.model_dump()["text"] for item in second.of_image("1.2")] == ["old"]
    second.close()
    database = sqlite3.connect(tmp_path / "a.sqlite")
    assert database.execute("PRAGMA user_version").fetchone()[0] == len(newer)
    assert database.execute("SELECT x FROM more").fetchall() == [(1,)]
    database.close()
    with pytest.raises(AnswersError, match="newer version"):
        Answers(tmp_path / "a.sqlite")


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    Answers(tmp_path / "a.sqlite").close()
    with pytest.raises(AnswersError):
        Answers(tmp_path / "a.sqlite", (*MIGRATIONS, ("CREATE TABLE more (x)", "no such statement")))
    database = sqlite3.connect(tmp_path / "a.sqlite")
    assert database.execute("SELECT name FROM sqlite_master WHERE name = 'more'").fetchall() == []
    database.close()
    Answers(tmp_path / "a.sqlite").close()


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "a.sqlite")
    database.execute("CREATE TABLE theirs (x)")
    database.commit()
    database.close()
    with pytest.raises(AnswersError, match="another program"):
        Answers(tmp_path / "a.sqlite")
    (tmp_path / "text.sqlite").write_text("no database " * 100)
    with pytest.raises(AnswersError, match="cannot be read"):
        Answers(tmp_path / "text.sqlite")


@pytest.mark.parametrize(("is_share", "mode"), [(False, "wal"), (True, "delete")])
def test_no_log_file_is_used_on_a_network_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_share: bool, mode: str
) -> None:
    monkeypatch.setattr(module, "is_network_share", lambda _folder: is_share)
    store = Answers(tmp_path / "a.sqlite")
    store.take("1.2", "Ada", say("a"))
    database = sqlite3.connect(tmp_path / "a.sqlite")
    assert database.execute("PRAGMA journal_mode").fetchone()[0] == mode
    database.close()
    assert store.is_on_share is is_share
    assert (tmp_path / "a.sqlite-wal").exists() is not is_share
    store.close()


def test_a_full_disk_is_said_and_answers_go_on_when_there_is_room_again(tmp_path: Path) -> None:
    store = Answers(tmp_path / "a.sqlite")
    store.take("1.2", "Ada", say("first"))
    pages = store._database.execute("PRAGMA page_count").fetchone()[0]
    store._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(AnswersError, match="Check the disk"):
        store.take("1.2", "Ada", say("x" * 8000))
    store._database.execute("PRAGMA max_page_count = 100000")
    taken = store.take("1.2", "Ada", say("y" * 8000))
    assert [item.action.model_dump()["text"][:5] for item in taken] == ["first", "yyyyy"]

from __future__ import annotations

import json
import signal
import subprocess
import sys
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from mammocalc import __version__
from mammocalc.cli import config as config_command
from mammocalc.cli import main
from mammocalc.cli.console import Display, summarise
from mammocalc.cli.stop_signals import stop_on_signal
from mammocalc.config import Config, json_schema, to_commented_yaml
from mammocalc.execution.run_manifest import count, measure_pace
from mammocalc.execution.run_options import Progress, RunSummary
from mammocalc.model import FileRow
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]


def row(number: int, status: Status = Status.ANALYSED, reason: Reason | None = None) -> FileRow:
    return FileRow(f"{number}.dcm", f"1.{number}", status, reason, reason and f"Sentence of {reason}.", 0.5)


def test_the_version_is_printed(capsys: Captured) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"mammocalc {__version__}\n"


def test_only_what_exists_is_offered(capsys: Captured) -> None:
    assert main(["--help"]) == 0
    offered = capsys.readouterr().out
    assert "{" not in offered
    for command in ("run", "review", "evaluate", "compare", "export", "simulate", "train", "listen", "job", "config"):
        assert f"\n    {command} " in offered
    assert main(["diagnose"]) == 2
    assert "invalid choice" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["run"], ["simulate"], ["config"], ["config", "show"], ["config", "check"]])
def test_every_command_has_a_help_of_its_own(command: list[str], capsys: Captured) -> None:
    assert main([*command, "--help"]) == 0
    assert len(capsys.readouterr().out) > 300


def test_the_help_of_run_explains_the_exit_codes(capsys: Captured) -> None:
    main(["run", "--help"])
    text = capsys.readouterr().out
    assert [f"  {code}  " in text for code in range(4)] == [True] * 4


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["run"],
        ["run", "somewhere"],
        ["run", "somewhere", "--out", "x", "--workers", "0"],
        ["run", "somewhere", "--out", "x", "--workers", "many"],
        ["run", "somewhere", "--out", "x", "--wor", "1"],
        ["run", "somewhere", "--out", ""],
        ["run", "", "--out", "x"],
        ["simulate", "x", "--seed", "-1"],
        ["config"],
    ],
)
def test_wrong_calls_end_with_2(arguments: list[str], capsys: Captured) -> None:
    assert main(arguments) == 2
    assert "error:" in capsys.readouterr().err


def test_a_wrong_configuration_ends_with_2_before_anything_is_done(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "mine.yaml").write_text("detekt: {}\noutputs: {overlays: some}\n")
    command = ["run", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--config", str(tmp_path / "mine.yaml")]
    assert main(command) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "2 problems" in said.err
    assert "detekt: unknown key; did you mean detect?" in said.err
    assert not (tmp_path / "out").exists()


def test_missing_input_ends_with_2(tmp_path: Path, capsys: Captured) -> None:
    assert main(["run", str(tmp_path / "missing"), "--out", str(tmp_path / "out")]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_totals_come_as_json_on_request_and_quiet_is_quiet(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "empty.dcm").write_bytes(b"")
    command = ["run", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--workers", "1", "--quiet"]
    assert main([*command, "--json"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["reason"] == {"empty_file": 1}
    assert said.err == ""
    assert main(command) == 1
    assert capsys.readouterr() == ("", "")


def test_config_show_prints_value_unit_meaning_and_origin(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "mine.yaml").write_text("spacing: {min_mm: 0.04}\n")
    assert main(["config", "show", str(tmp_path / "mine.yaml"), "--set", "outputs.overlays=none"]) == 0
    shown = capsys.readouterr().out
    assert "  min_mm = 0.04 [mm]  (mine.yaml)\n      Smallest believable pixel spacing" in shown
    assert "  overlays = none  (--set)\n" in shown
    assert "name = custom" in shown


def test_config_show_gives_the_commented_file(capsys: Captured) -> None:
    assert main(["config", "show", "--yaml"]) == 0
    assert capsys.readouterr().out == to_commented_yaml(Config())


def test_config_check_names_the_mistakes_of_every_file(tmp_path: Path, capsys: Captured) -> None:
    good, bad, worse = (tmp_path / name for name in ("good.yaml", "bad.yaml", "worse.yaml"))
    good.write_text("spacing: {min_mm: 0.04}\n")
    bad.write_text("spacing: {min_m: 0.04}\n")
    worse.write_text("spacing: [\n")
    assert main(["config", "check", str(good)]) == 0
    assert "no mistakes" in capsys.readouterr().out
    assert main(["config", "check", str(good), str(bad), str(worse)]) == 2
    said = capsys.readouterr()
    assert "good.yaml: no mistakes" in said.out
    assert "spacing.min_m: unknown key; did you mean spacing.min_mm?" in said.err
    assert "worse.yaml: 1 problem" in said.err
    assert main(["config", "check", "--set", "spacing.min_mm=0.04"]) == 0


def test_config_schema_is_printed_or_written(tmp_path: Path, capsys: Captured) -> None:
    assert main(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json_schema()
    assert main(["config", "schema", str(tmp_path / "schema.json")]) == 0
    assert json.loads((tmp_path / "schema.json").read_text()) == json_schema()
    assert main(["config", "schema", str(tmp_path / "missing" / "schema.json")]) == 2
    assert "cannot be written" in capsys.readouterr().err


RECIPE = """\
scenes:
  - {name: one, kind: none, seed: 5, field_mm: [50, 40], pixel_spacing_mm: 0.2}
"""


def test_simulate_follows_a_recipe_and_a_seed_gives_another_draw(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    images = []
    for name, seed in (("first", []), ("again", []), ("other", ["--seed", "7"])):
        folder = tmp_path / name
        assert main(["simulate", str(folder), "--recipe", str(tmp_path / "recipe.yaml"), *seed]) == 0
        assert len(list((folder / "truth").glob("*.json"))) == 1
        images.append((folder / "one.dcm").read_bytes())
    assert images[0] == images[1] != images[2]
    assert "1 image with their truth" in capsys.readouterr().out


def test_simulate_names_the_mistakes_of_a_recipe(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "recipe.yaml").write_text(RECIPE.replace("none", "nonsense"))
    assert main(["simulate", str(tmp_path / "x"), "--recipe", str(tmp_path / "recipe.yaml")]) == 2
    assert "scenes.0.kind" in capsys.readouterr().err


def test_a_closed_pipe_is_no_error() -> None:
    command = f"'{sys.executable}' -m mammocalc config show | head -n 1"
    ended = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602 - a pipe is the point
    assert ended.stdout.startswith("name = default")
    assert ended.stderr == ""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_the_first_signal_asks_and_the_second_ends(name: str) -> None:
    if not hasattr(signal, name):
        pytest.skip(f"this system has no {name}")
    said: list[str] = []
    before = signal.getsignal(signal.SIGINT)
    own = signal.signal(getattr(signal, name), signal.default_int_handler)  # nohup ignores SIGHUP
    try:
        with stop_on_signal(said.append) as should_stop:
            assert not should_stop()
            signal.raise_signal(getattr(signal, name))
            assert should_stop()
            assert len(said) == 1
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(getattr(signal, name), own)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")
def test_a_hangup_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with stop_on_signal(print) as should_stop:
            signal.raise_signal(signal.SIGHUP)
            assert not should_stop()
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("Quillfeather")])
def test_no_traceback_is_ever_shown(error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    def fail(_arguments: object) -> int:
        raise error

    monkeypatch.setattr(config_command, "write_schema", fail)
    assert main(["config", "schema"]) == 3
    said = capsys.readouterr()
    assert "the same command continues where it stopped" in said.err.lower()
    assert "Traceback" not in said.err
    assert "Quillfeather" not in said.err


def test_on_a_terminal_a_bar_shows_each_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes it for a terminal
    monkeypatch.setenv("COLUMNS", "160")
    with Display(quiet=False) as display:
        display.update(Progress("headers", 3, 3))
        for number in range(1, 4):
            display.update(Progress("files", number, 3, row(number)))
        display.say("something [in brackets]")
    assert "analysing" in stream.getvalue()
    assert "3 analysed, 0 skipped, 0 failed" in stream.getvalue()
    assert "something [in brackets]" in stream.getvalue()


def test_a_watched_folder_that_is_gone_through_again_is_not_counted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with Display(quiet=False) as display:
        for total in (1, 2):  # one file, then another beside it
            for number in range(1, total + 1):
                display.update(Progress("files", number, total, row(number)))
            display.update(Progress("tables", 1, 1))
    assert "2/2: 2 analysed" in stream.getvalue()


def test_without_a_terminal_progress_is_a_few_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with Display(quiet=False) as display:
        display.update(Progress("headers", 3, 3))
        for number in range(1, 4):
            display.update(Progress("files", number, 3, row(number)))
        display.update(Progress("tables", 1, 1))
    assert stream.getvalue() == (
        "reading headers 3/3\nanalysing 3/3: 3 analysed, 0 skipped, 0 failed\nwriting tables 1/1\n"
    )


def test_quiet_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with Display(quiet=True) as display:
        display.update(Progress("files", 1, 1, row(1)))
        display.say("something")
    assert stream.getvalue() == ""


def test_the_summary_groups_reasons_and_names_the_first_failures() -> None:
    rows = [row(0)]
    rows += [row(number, Status.FAILED, Reason.TRUNCATED) for number in range(1, 13)]
    rows += [row(20, Status.SKIPPED, Reason.DUPLICATE), row(21, Status.FAILED, Reason.EMPTY_FILE)]
    totals = count(rows, ["not_applicable"], passed_over=2)
    text = summarise(RunSummary(tuple(rows), totals, 1, None, measure_pace(rows, 12, 5400.0)), "out")
    assert text.splitlines()[:4] == [
        "15 files: 1 analysed, 1 skipped, 13 failed",
        "2 passed over: not DICOM",
        "1 of them was analysed before, by the run that goes on here",
        "distribution: 1 not applicable",
    ]
    assert "skipped: 1 duplicate" in text
    assert "failed: 12 truncated, 1 empty_file" in text
    assert "  1.dcm: Sentence of truncated." in text
    assert "  and 3 more, in files.jsonl" in text
    assert text.endswith("open out/index.html")


def modules_after(statements: str) -> list[str]:
    ask = f"import sys; from mammocalc.cli.main import COMMANDS, parse; {statements}; print(*sys.modules)"
    return subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.split()


def test_the_commands_start_without_what_only_images_need() -> None:
    loaded = modules_after("import importlib; [importlib.import_module(f'mammocalc.cli.{name}') for name in COMMANDS]")
    assert "mammocalc.cli.run" in loaded
    heavy = {"numpy", "scipy", "skimage", "cv2", "pydicom", "pydantic", "yaml", "rich", "PIL"}
    assert heavy.isdisjoint(loaded)


def test_a_call_imports_its_own_command_alone() -> None:
    loaded = modules_after("parse(['run', 'images', '--out', 'train'])")
    assert "mammocalc.cli.run" in loaded
    assert "mammocalc.cli.train" not in loaded

"""The ready-made configurations go by name wherever the program is installed."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mammocalc.cli import main

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "pipeline" / "mammocalc"
NAMES = sorted(file.stem for file in (ROOT / "configs").glob("*.yaml"))


def test_a_wheel_brings_them_and_they_go_by_name_outside_of_the_checkout(tmp_path: Path) -> None:
    hatch = "import sys; from hatchling.builders.wheel import WheelBuilder\n"
    hatch += "print(next(WheelBuilder(sys.argv[1]).build(directory=sys.argv[2], versions=['standard'])))"
    pytest.importorskip("hatchling", reason="without hatchling no wheel can be built here")
    built = subprocess.run(
        [sys.executable, "-c", hatch, str(ROOT), str(tmp_path)], capture_output=True, text=True, check=True
    )
    site = tmp_path / "site"
    with zipfile.ZipFile(built.stdout.strip().splitlines()[-1]) as wheel:
        assert {f"mammocalc/configs/{name}.yaml" for name in NAMES} <= set(wheel.namelist())
        of_pages = [path for ending in ("html", "css", "js") for path in PACKAGE.rglob(f"*.{ending}")]
        assert {path.relative_to(PACKAGE.parent).as_posix() for path in of_pages} <= set(wheel.namelist())
        wheel.extractall(site)
    script = "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
    script += "from mammocalc.cli import main; sys.exit(main(sys.argv[1:]))"
    call = [sys.executable, "-P", "-c", script, str(site), "config", "check", *NAMES]
    checked = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert all(f"{name}: no mistakes" in checked.stdout for name in NAMES)


def test_a_name_that_is_none_lists_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", "hihg_sensitivity"]) == 2
    said = capsys.readouterr().err
    assert all(name in said for name in NAMES)


def test_a_name_and_its_file_are_one_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for given in ("high_sensitivity", str(ROOT / "configs" / "high_sensitivity.yaml")):
        assert main(["config", "show", given]) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]
    assert "threshold = 0.8" in shown[0]

"""
The manifests that lie in the container, held against what the platforms themselves demand of them.

- MONAI Application Package and Holoscan Application Package: tables of application and package manifest fields; what
  `holoscan run` and the packager's launcher read of them.
- XNAT container service: the checks of its class Command.
- Flywheel gears: the rules of its manifest.schema.json.
- mercure: its class Module, an entry of ``modules`` in mercure.json.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path, PurePosixPath
from typing import Any, Final

import pytest

from mammocalc import __version__
from mammocalc.execution.export.request import parse_kinds
from mammocalc.node import platform

ROOT: Final = Path(__file__).parents[3]
MANIFESTS: Final = ROOT / "pipeline" / "mammocalc" / "node" / "manifests"
SEMANTIC: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?")
COMMAND: Final = ["mammocalc", "job"]
IMAGE: Final = f"mammocalc:{__version__}"
XNAT_INPUTS: Final = {
    *("string", "boolean", "number", "file", "Directory", "File[]", "File", "Project", "ProjectAsset", "Subject"),
    *("SubjectAssessor", "Session", "Scan", "Assessor", "Resource", "Config"),
}


def manifest(name: str) -> Any:
    return json.loads((MANIFESTS / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


def semantic_version() -> str:
    """Give this version as semantic versioning writes it."""
    return re.sub(r"\.(dev|a|b|rc)", r"-\1", __version__)


def test_the_application_manifest_has_what_a_map_must_have() -> None:
    app = manifest("app.json")
    assert app["type"] in {"application", "service"}
    assert json.loads(app["command"]) == COMMAND  # a list in a text: what the packager writes and its launcher reads
    assert SEMANTIC.fullmatch(app["apiVersion"])
    assert app["version"] == semantic_version()
    assert SEMANTIC.fullmatch(app["version"])
    assert isinstance(app["input"]["formats"], list)
    assert app["input"]["formats"]
    assert isinstance(app["output"]["format"], dict)
    assert app["workingDirectory"].startswith("/")
    assert isinstance(app["timeout"], int)
    assert app["timeout"] >= 0
    assert not {"readiness", "liveness"} & set(app), "of use for services alone, and no object then"


def test_the_variables_of_a_map_have_the_names_and_places_that_are_written_down() -> None:
    app = manifest("app.json")
    named = app["environment"]
    assert all(isinstance(value, str) and re.fullmatch(r"[A-Z_]+", name) for name, value in named.items())
    for what, variable in (("input", platform.VARIABLES[1][0]), ("output", platform.VARIABLES[1][1])):
        assert (
            PurePosixPath(named[variable]) == PurePosixPath(app[what]["path"]) == PurePosixPath("/var/holoscan", what)
        )
    assert {f"HOLOSCAN_{name}" for name in ("WORKDIR", "MODEL_PATH", "CONFIG_PATH", "DOCS", "LOGS")} < set(named)
    assert named["HOLOSCAN_APP_MANIFEST_PATH"] == "/etc/holoscan/app.json"
    assert named["HOLOSCAN_PKG_MANIFEST_PATH"] == "/etc/holoscan/pkg.json"


def test_the_package_manifest_has_what_a_map_must_have(dockerfile: str) -> None:
    package = manifest("pkg.json")
    assert SEMANTIC.fullmatch(package["apiVersion"])
    assert package["version"] == semantic_version()
    assert package["applicationRoot"] == "/opt/holoscan/app/"
    assert "/opt/holoscan/app" in dockerfile
    resources = package["resources"]
    assert all(isinstance(resources[name], int | float) for name in ("cpu", "gpu"))
    assert resources["gpu"] == 0
    assert re.fullmatch(r"\d+(Ki|Mi|Gi)", resources["memory"])
    for name in ("models", "modelRoot"):  # none of either: not there, for null is neither a list nor a path
        assert name not in package


def test_the_container_puts_the_manifests_of_a_map_where_they_belong_and_no_older_ones(dockerfile: str) -> None:
    assert re.search(r"^COPY \S+/app\.json \S+/pkg\.json /etc/holoscan/$", dockerfile, re.MULTILINE)
    assert f'org.opencontainers.image.version="{semantic_version()}"' in dockerfile
    assert "org.opencontainers.image.title=" in dockerfile
    made = "\n".join(line for line in dockerfile.splitlines() if not line.startswith("#"))
    # mercure starts an image with /etc/monai/app.json as root, or, as it is set up, not at all.
    assert "/etc/monai" not in made


def test_what_mercure_is_told_of_the_module_is_what_it_knows() -> None:
    known = {
        "docker_tag", "additional_volumes", "environment", "docker_arguments", "settings", "contact", "comment",
        "constraints", "resources", "requires_root",
    }  # fmt: skip
    [(name, module)] = manifest("mercure.json").items()
    assert name == "mammocalc"
    assert set(module) <= known
    assert module["docker_tag"] == IMAGE
    assert module["requires_root"] is False
    assert set(module["settings"]) <= set(platform.KNOWN)
    assert parse_kinds(module["settings"]["objects"].split(","))
    assert all(isinstance(value, str) for key, value in module.items() if key not in {"settings", "requires_root"})


def test_xnat_takes_the_command() -> None:
    command = manifest("command.json")
    assert command["type"] == "docker"
    assert command["name"].strip()
    assert command["image"] == IMAGE  # with a tag, or it is refused
    assert command["schema-version"] == "1.0"
    words = shlex.split(command["command-line"])
    assert words[:2] == COMMAND
    mounts = {mount["name"]: mount for mount in command["mounts"]}
    assert len(mounts) == len(command["mounts"])
    assert words[2:] == [mounts["in"]["path"], mounts["out"]["path"]]
    assert (mounts["in"]["writable"], mounts["out"]["writable"]) == (False, True)
    outputs = {output["name"]: output for output in command["outputs"]}
    assert all(output["mount"] in mounts for output in outputs.values())
    for name in [*mounts, *outputs]:
        assert re.fullmatch(r"[A-Za-z0-9_-]+", name)
    names = [wrapper["name"] for wrapper in command["xnat"]]
    assert len(set(names)) == len(names)
    for wrapper in command["xnat"]:
        check_wrapper(wrapper, set(mounts), set(outputs))


def check_wrapper(wrapper: dict[str, Any], mounts: set[str], outputs: set[str]) -> None:
    """Hold a wrapper against XNAT's checks: names, types, and that it refers to what is there."""
    assert all(context.startswith("xnat:") for context in wrapper["contexts"])
    inputs = {}
    for given in [*wrapper["external-inputs"], *wrapper["derived-inputs"]]:
        assert re.fullmatch(r"[A-Za-z0-9_-]+", given["name"])
        assert given["type"] in XNAT_INPUTS
        assert given["name"] not in inputs
        assert given.get("provides-files-for-command-mount") in {None, *mounts}
        assert given in wrapper["external-inputs"] or given["derived-from-wrapper-input"] in inputs
        inputs[given["name"]] = given
    assert "in" in {given.get("provides-files-for-command-mount") for given in inputs.values()}
    handled = set()
    for handler in wrapper["output-handlers"]:
        assert handler["accepts-command-output"] in outputs
        assert handler["as-a-child-of"] in inputs
        assert handler["type"] in {"Resource", "Assessor"}
        assert handler["label"].strip()
        handled.add(handler["accepts-command-output"])
    assert handled == outputs


def test_flywheel_takes_the_manifest() -> None:
    gear = manifest("manifest.json")
    required = {"author", "config", "description", "inputs", "label", "license", "name", "source", "url", "version"}
    assert required <= set(gear)
    assert set(gear) <= required | {"maintainer", "custom", "environment", "command", "flywheel"}
    assert re.fullmatch(r"[a-z0-9-]{1,100}", gear["name"])
    assert gear["license"] == "Apache-2.0"
    assert all(len(gear[key]) <= 100 for key in ("author", "maintainer", "label", "version"))
    assert len(gear["description"]) <= 5000
    for key in ("source", "url"):
        assert gear[key] == "" or re.match(r"https?://", gear[key])
    assert all(isinstance(value, str) for value in gear["environment"].values())
    assert shlex.split(gear["command"])[1:] == COMMAND[1:]
    for option in gear["config"].values():
        assert option["type"] in {"string", "integer", "number", "boolean"}
        assert not ({"default", "optional"} <= set(option)), "one or the other"
    assert set(gear["config"]) == set(platform.KNOWN)
    for name, given in gear["inputs"].items():
        assert re.fullmatch(r"[a-z0-9-]+", name), "it becomes a folder"
        assert given["base"] in {"file", "api-key"}
        assert isinstance(given.get("optional", False), bool)
    assert [name for name, given in gear["inputs"].items() if not given.get("optional")] == ["dicom"]
    assert gear["custom"]["gear-builder"]["image"] == IMAGE

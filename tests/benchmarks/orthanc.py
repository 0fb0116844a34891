"""Orthanc as the archive of a test: a fresh one in a folder, on the loopback of a network of its own."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import pydicom
from hospital import ARCHIVE, NODE, free_port, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM: Final = "Orthanc"
PLUGIN: Final = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"
STABLE_S: Final = 2

SYNTAX_OPTIONS: Final = {
    "1.2.840.10008.1.2.4.70": ("-xs",),
    "1.2.840.10008.1.2.4.80": ("-xt",),
    "1.2.840.10008.1.2.4.90": ("-xv",),
    "1.2.840.10008.1.2.5": ("-xr",),
}
"""What storescu is told to propose; it converts nothing."""

HOOK: Final = """
function OnStableStudy(studyId, tags, metadata)
  local ids = {}
  for _, series in ipairs(ParseJson(RestApiGet('/studies/' .. studyId .. '/series'))) do
    if series['MainDicomTags']['Modality'] == 'MG' then table.insert(ids, series['ID']) end
  end
  if #ids > 0 then
    RestApiPost('/modalities/mammocalc/store', DumpJson({Resources = ids, Asynchronous = true}, true))
  end
end
"""
"""Sends a study's mammograms to the node when it has been stable; results that arrive make it stable once more."""


def is_there() -> bool:
    """Whether Orthanc with its DICOMweb plug-in is installed."""
    return shutil.which(PROGRAM) is not None and Path(PLUGIN).exists()


class Orthanc:
    """
    An archive.

    Parameters
    ----------
    folder : Path
        Fresh.
    node_port : int
        Where the hook sends images.
    has_hook : bool
    """

    def __init__(self, folder: Path, node_port: int, *, has_hook: bool = True) -> None:
        folder.mkdir()
        self.dicom_port, self._http_port = free_port(), free_port()
        (folder / "hook.lua").write_text(HOOK, encoding="utf-8")
        configuration = {
            "StorageDirectory": str(folder / "storage"),
            "IndexDirectory": str(folder / "storage"),
            "HttpPort": self._http_port,
            "DicomPort": self.dicom_port,
            "DicomAet": ARCHIVE,
            "StableAge": STABLE_S,
            "UnknownSopClassAccepted": True,
            "DicomModalities": {"mammocalc": [NODE, "127.0.0.1", node_port]},
            "Plugins": [PLUGIN],
            "LuaScripts": [str(folder / "hook.lua")] if has_hook else [],
        }
        (folder / "orthanc.json").write_text(json.dumps(configuration), encoding="utf-8")
        with (folder / "log").open("w") as log:
            self.process = subprocess.Popen([PROGRAM, str(folder / "orthanc.json")], stdout=log, stderr=log)
        wait_until(lambda: self._answers() or self.process.poll() is not None)

    @property
    def web(self) -> str:
        """Where its DICOMweb service is."""
        return f"http://127.0.0.1:{self._http_port}/dicom-web"

    @property
    def address(self) -> str:
        """How it is named as a destination."""
        return f"{ARCHIVE}@127.0.0.1:{self.dicom_port}"

    def ask(self, path: str) -> Any:
        """Ask its own interface."""
        return httpx.get(f"http://127.0.0.1:{self._http_port}{path}", trust_env=False).json()

    def count(self, modality: str) -> int:
        """Count its instances of a modality."""
        found = [series for series in self.ask("/series?expand") if series["MainDicomTags"]["Modality"] == modality]
        return sum(len(series["Instances"]) for series in found)

    def jobs(self) -> int:
        """Count how often the hook has sent."""
        return len(self.ask("/jobs"))

    def store(self, files: list[Path]) -> None:
        """Send it files by storescu, as a modality would."""
        for file in files:
            syntax = str(pydicom.filereader.read_file_meta_info(file).TransferSyntaxUID)
            call = ["storescu", *SYNTAX_OPTIONS.get(syntax, ()), "-aec", ARCHIVE, "127.0.0.1", str(self.dicom_port)]
            subprocess.run([*call, str(file)], check=True, capture_output=True)

    def _answers(self) -> bool:
        with suppress(httpx.HTTPError, OSError), socket.create_connection(("127.0.0.1", self.dicom_port), timeout=5):
            return "Version" in self.ask("/system")
        return False


@contextmanager
def orthanc(folder: Path, node_port: int, *, has_hook: bool = True) -> Iterator[Orthanc]:
    """Run an Orthanc for as long as this lasts."""
    one = Orthanc(folder, node_port, has_hook=has_hook)
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait(30)

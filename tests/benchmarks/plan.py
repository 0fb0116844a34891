"""
What reading headers costs before the first image, in milliseconds a file, where files are named after patients.

    python tests/benchmarks/plan.py
    python tests/benchmarks/plan.py --files 2000 8000 32000 100000

The header has no pixels behind it: four files to a patient, each in a folder of their name and number.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from mammocalc.config import Config
from mammocalc.dicom.discover import discover
from mammocalc.execution.plan import plan_run

FILES = (2_000, 8_000, 32_000, 100_000)
IMAGES_OF_ONE = 4


def write_headers(folder: Path, files: int) -> None:
    """Write so many files without pixels."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.Modality = UID("1.2.840.10008.5.1.4.1.1.1.2"), "MG"
    dataset.StudyDate, dataset.PatientBirthDate = "20010203", "19560405"
    dataset.ReferringPhysicianName = "Zwiebel^Ida"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    for number in range(files):
        patient = number // IMAGES_OF_ONE
        dataset.PatientName, dataset.PatientID = f"Mueller{patient:06d}^Anna", f"P{patient:07d}"
        uid = generate_uid(entropy_srcs=["plan", str(number)])
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid
        place = folder / f"Mueller{patient:06d}_Anna_P{patient:07d}"
        place.mkdir(exist_ok=True)
        dcmwrite(place / f"{number}.dcm", dataset, enforce_file_format=True)


def main() -> None:
    """Print a line for each number of files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, nargs="+", default=FILES)
    print("files     find ms  plan ms  hidden  peak MiB")
    for files in parser.parse_args().files:
        with tempfile.TemporaryDirectory(prefix="plan") as name:
            write_headers(Path(name), files)
            started = time.process_time()
            discovery = discover([Path(name)])
            found = time.process_time()
            plan = plan_run(discovery, Config(), lambda _done, _total: None)
            ended = time.process_time()
            hidden = sum("~" in image.files[0].public_path for image in plan.images)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        find_ms, plan_ms = (found - started) / files * 1e3, (ended - found) / files * 1e3
        print(f"{files:7d} {find_ms:9.3f} {plan_ms:8.3f} {hidden:8d} {peak:6d}", flush=True)


if __name__ == "__main__":
    main()

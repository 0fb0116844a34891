"""How well a run found what is there: figures with intervals, curves and tables."""

from pipeline.scoring.evaluation import Evaluation, evaluate
from pipeline.scoring.folder import write_evaluation
from pipeline.scoring.run_folder import FinishedRun, read_run
from pipeline.scoring.settings import ScoringSettings
from pipeline.scoring.summary import summarise
from pipeline.scoring.truth import renamed
from pipeline.scoring.truth_files import read_truth

__all__ = [
    "Evaluation",
    "FinishedRun",
    "ScoringSettings",
    "evaluate",
    "read_run",
    "read_truth",
    "renamed",
    "summarise",
    "write_evaluation",
]

"""Evaluation of a run against a reference standard: figures with intervals, curves and tables."""

from mammocalc.evaluation.evaluate_run import evaluate_run, score_run
from mammocalc.evaluation.evaluation import Evaluation, evaluate
from mammocalc.evaluation.folder import held_before, require_apart, write_evaluation
from mammocalc.evaluation.run_folder import FinishedRun, read_run
from mammocalc.evaluation.settings import ScoringSettings
from mammocalc.evaluation.summary import summarise
from mammocalc.evaluation.truth import renamed
from mammocalc.evaluation.truth_files import read_truth

__all__ = [
    "Evaluation",
    "FinishedRun",
    "ScoringSettings",
    "evaluate",
    "evaluate_run",
    "held_before",
    "read_run",
    "read_truth",
    "renamed",
    "require_apart",
    "score_run",
    "summarise",
    "write_evaluation",
]

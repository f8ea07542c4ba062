"""Link predictors and their evaluation on one part of a split, heuristics beside them."""

from varigraph.evaluation.link_prediction.leaks import check_no_leak
from varigraph.evaluation.link_prediction.predictor import LinkPredictor
from varigraph.evaluation.link_prediction.result import LinkEvaluation, NegativeSharing, summarise_evaluations
from varigraph.evaluation.link_prediction.scoring import evaluate_links

__all__ = [
    "LinkEvaluation",
    "LinkPredictor",
    "NegativeSharing",
    "check_no_leak",
    "evaluate_links",
    "summarise_evaluations",
]

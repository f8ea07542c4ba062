"""Evaluation: ranking metrics, links and rows beside baselines, probes, repeats and records."""

from varigraph.evaluation.anomalies import anomaly_auc
from varigraph.evaluation.documents import json_ready
from varigraph.evaluation.link_prediction import (
    LinkEvaluation,
    LinkPredictor,
    check_no_leak,
    evaluate_links,
    summarise_evaluations,
)
from varigraph.evaluation.probes import ProbeResult, classification_probe, clustering_probe
from varigraph.evaluation.ranking import (
    average_precision,
    hits_at_k,
    link_metrics,
    mean_reciprocal_rank,
    ranks,
    roc_auc,
)
from varigraph.evaluation.records import RunRecord, library_versions
from varigraph.evaluation.repeats import Summary, summarise
from varigraph.evaluation.reproduction_record import ReproductionRecord
from varigraph.evaluation.row_probes import evaluate_row_embedding
from varigraph.evaluation.row_record import RowRecord
from varigraph.evaluation.row_result import RowEvaluation, summarise_row_evaluations

__all__ = [
    "LinkEvaluation",
    "LinkPredictor",
    "ProbeResult",
    "ReproductionRecord",
    "RowEvaluation",
    "RowRecord",
    "RunRecord",
    "Summary",
    "anomaly_auc",
    "average_precision",
    "check_no_leak",
    "classification_probe",
    "clustering_probe",
    "evaluate_links",
    "evaluate_row_embedding",
    "hits_at_k",
    "json_ready",
    "library_versions",
    "link_metrics",
    "mean_reciprocal_rank",
    "ranks",
    "roc_auc",
    "summarise",
    "summarise_evaluations",
    "summarise_row_evaluations",
]

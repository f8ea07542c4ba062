"""Training: the loop, what watches it, checkpoints, devices. It knows no model, no graph and no metric."""

from varigraph.training.batches import RowBatches
from varigraph.training.callbacks import (
    Callback,
    EpochLog,
    EpochReport,
    FitWatcher,
    check_callbacks,
    tell_fitted,
)
from varigraph.training.checkpoints import Checkpointing, read_checkpoint
from varigraph.training.devices import intra_op_threads, resolve_device, thread_count
from varigraph.training.loop import EpochSteps, TrainingPlan, constant_rate, cosine_rate, train
from varigraph.training.optimizers import LeanAdam
from varigraph.training.state import TrainingState

__all__ = [
    "Callback",
    "Checkpointing",
    "EpochLog",
    "EpochReport",
    "EpochSteps",
    "FitWatcher",
    "LeanAdam",
    "RowBatches",
    "TrainingPlan",
    "TrainingState",
    "check_callbacks",
    "constant_rate",
    "cosine_rate",
    "intra_op_threads",
    "read_checkpoint",
    "resolve_device",
    "tell_fitted",
    "thread_count",
    "train",
]

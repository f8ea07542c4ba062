"""Training: the loop, what watches it, checkpoints, devices. It knows no model, no graph and no metric."""

from varigraph.training.callbacks import Callback, EpochLog, EpochReport
from varigraph.training.checkpoints import Checkpointing, read_checkpoint
from varigraph.training.devices import intra_op_threads, resolve_device, thread_count
from varigraph.training.loop import TrainingPlan, train
from varigraph.training.state import TrainingState

__all__ = [
    "Callback",
    "Checkpointing",
    "EpochLog",
    "EpochReport",
    "TrainingPlan",
    "TrainingState",
    "intra_op_threads",
    "read_checkpoint",
    "resolve_device",
    "thread_count",
    "train",
]

"""TensorBoard: what its pages show of a training, written by its own writers (extra `tensorboard`)."""

from varigraph.reporting.tensorboard.callback import TensorBoard
from varigraph.reporting.tensorboard.event_files import require_tensorboard
from varigraph.reporting.tensorboard.hyperparameters import write_hyperparameters

__all__ = ["TensorBoard", "require_tensorboard", "write_hyperparameters"]

"""The exception tree: every error that varigraph raises on purpose.

```
VarigraphError
├── DataError                 what the user brought is wrong (exit code 3)
│   ├── GraphError            edges, ids, weights, features or labels do not make a graph
│   ├── FileContentError      a file is missing, unreadable or holds the wrong thing
│   ├── SplitError            a graph too small for the split, or a split that leaks
│   └── DatasetUnavailableError   raw files are neither here nor to be had
├── LeakError                 a model has seen an edge that it is to be scored on
├── RunFolderError            a run folder that is not one, or of another schema (exit code 3)
├── DivergenceError           the loss is not finite
├── TrialError                trials of a reproduction failed; the others are done
└── MissingExtraError         an optional package is needed for this

UserWarning
└── PosteriorCollapseWarning  hardly any latent dimension is in use
```

A message says what is wrong, where, and what to do about it.
"""

__all__ = [
    "DataError",
    "DatasetUnavailableError",
    "DivergenceError",
    "FileContentError",
    "GraphError",
    "LeakError",
    "MissingExtraError",
    "PosteriorCollapseWarning",
    "RunFolderError",
    "SplitError",
    "TrialError",
    "VarigraphError",
]


class VarigraphError(Exception):
    """Base of all errors raised on purpose."""


class DataError(VarigraphError, ValueError):
    """What the user brought is wrong; the command line ends with exit code 3."""


class GraphError(DataError):
    """Edges, ids, weights, features or labels do not make a graph."""


class FileContentError(DataError):
    """A file is missing, unreadable or holds the wrong thing; the message names file, row and column."""


class SplitError(DataError):
    """A graph is too small for the split that was asked for, or a given split is not sound."""


class DatasetUnavailableError(DataError):
    """Raw files of a data set are neither in a known folder nor can they be downloaded."""


class LeakError(VarigraphError):
    """A model's message graph holds an edge that it is to be scored on."""


class RunFolderError(DataError):
    """A folder is not a run folder, was damaged, or has a schema this version does not read."""


class DivergenceError(VarigraphError):
    """The loss became infinite or not a number during training."""


class TrialError(VarigraphError):
    """Trials of a reproduction failed; the message says which and why. The others are done and kept."""


class MissingExtraError(VarigraphError, ImportError):
    """An optional package is needed; the message names the extra that brings it."""


class PosteriorCollapseWarning(UserWarning):
    """Hardly any latent dimension tells anything about a row; the message says what to change."""

"""A task of reproductions that computes nothing: what it is told to come to, and how it is told to fail."""

import os
import warnings

from varigraph.errors import DivergenceError, MissingExtraError
from varigraph.experiments.reproduction.outcome import Outcome

OF_THE_OUTCOME = {"level", "gap", "spread", "curve", "facts", "without"}
OF_THE_WAY_THERE = {"warn", "save", "fail_at", "extra"}


def check(settings):
    for name in settings:
        if name not in OF_THE_OUTCOME | OF_THE_WAY_THERE:
            raise ValueError(f"{name} is no setting of the fake task")
    if settings.get("extra"):
        raise MissingExtraError("This needs the extra `nothing`.")


def run(settings, *, seed, folder):
    if settings.get("warn"):
        warnings.warn(settings["warn"], stacklevel=1)
    if seed in settings.get("fail_at", ()):
        raise DivergenceError(f"the loss is not finite at seed {seed}")
    if settings.get("save"):
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(str(seed))
    noise = settings.get("spread", 0.01) * (seed % 3 - 1)
    metrics = {"auc": settings.get("level", 0.9) + settings.get("gap", 0) + noise, "bound": -100.0 + seed}
    metrics.pop(settings.get("without", ""), None)
    curves = {"samples": [1, 2], "bound": [-120.0 - seed, settings["curve"]]} if "curve" in settings else {}
    return Outcome(metrics, curves, {"process": os.getpid(), **settings.get("facts", {})})

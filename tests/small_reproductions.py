"""A recipe with two axes for the fake task, and its record."""

import textwrap

import fake_task  # noqa: F401  # so that its absence shows here
from varigraph.experiments.reproduction import tasks
from varigraph.experiments.reproduction.recipe import read_recipe
from varigraph.experiments.reproduction.runner import reproduce

SMALL = """
title = "Table 0: nothing"
source = "Nobody (1999), Nothing, table 0"
about = "Numbers that are drawn at random."
task = "fake"
report = ["table"]
seeds = [0, 1, 2]

[metrics.auc]
title = "AUC"
unit = "percent"
tolerance = 8.0
[metrics.bound]
title = "bound"
unit = "nats"

[axes.method.gae]
title = "GAE"
level = 0.9
[axes.method."gae*"]
title = "GAE*"
level = 0.8
[axes.dataset.cora]
title = "Cora"
[axes.dataset.pubmed]
title = "PubMed"
gap = 0.05
weight = 40

[published_as]
of = "one split"
decimals = 1
[[published]]
method = "gae"
auc = 91.0
[[published]]
method = "gae*"
dataset = "cora"
auc = 99.0
[[remarks]]
method = "gae*"
dataset = "cora"
text = "The paper had features."
[[claims]]
text = "features help"
metric = "auc"
higher = { method = "gae" }
lower = { method = "gae*" }

[quick]
seeds = [0, 1]
axes = { dataset = ["cora"] }
"""


def use_fake_task(monkeypatch):
    """Makes "fake" the one task there is, in this process."""
    monkeypatch.setattr(tasks, "TASKS", {"fake": "fake_task"})


def write_recipe(folder, *, more="", replaced=(), name="small"):
    """The small recipe as a file, with some text replaced and some put behind it."""
    text = SMALL
    for old, new in replaced:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / f"{name}.toml"
    path.write_text(text + textwrap.dedent(more), encoding="utf-8")
    return path


def small_recipe(folder, **changes):
    """The small recipe."""
    return read_recipe(write_recipe(folder, **changes))


def small_record(folder, *, quick=False, **changes):
    """Its record; the fake task must be in use."""
    recipe = small_recipe(folder, **changes)
    return reproduce(recipe.quick() if quick else recipe, folder / "reproduction")

"""Records of runs that never ran: every fact as a test wants it."""

from varigraph.evaluation.records import RunRecord
from varigraph.evaluation.repeats import summarise
from varigraph.evaluation.reproduction_record import ReproductionRecord
from varigraph.evaluation.row_record import RowRecord


def links_record(auc=0.9, **changes):
    """A run on a graph; a list of values makes it repeated, on splits 0, 1, … unless told otherwise."""
    n_repeats = len(auc) if isinstance(auc, list) else 1
    facts = {
        "dataset": "cora",
        "graph_fingerprint": "c0ffee",
        "split_protocol": "85/5/10 at random",
        "split_seeds": list(range(n_repeats)),
        "split_fingerprints": [f"split {seed}" for seed in range(n_repeats)],
        "model": "vgae",
        "preset": "default",
        "settings": {"latent_dim": 16, "random_state": 0},
        "metrics": {"test": {"auc": summarise(auc) if isinstance(auc, list) else auc}},
        "counts": {"n_parameters": 46_880, **({"n_epochs": 200} if n_repeats == 1 else {})},
        "timings": {"fit": 3.0 * n_repeats},
        "n_threads": 1,
        "created_at": "2026-01-31T12:00:00+00:00",
    }
    return RunRecord(**(facts | changes))


def row_record(log_likelihood=-90.0, *, mse=0.02, **changes):
    """A run on rows, of a VAE with a Gaussian likelihood unless told otherwise."""
    values = {"log_likelihood": log_likelihood, "mse": mse}
    n_repeats = max(len(one) if isinstance(one, list) else 1 for one in values.values())
    metrics = {
        name: summarise(one) if isinstance(one, list) else one
        for name, one in values.items()
        if one is not None
    }
    facts = {
        "dataset": "digits",
        "data_fingerprint": "d161",
        "split_protocol": "80/10/10 at random",
        "split_seeds": list(range(n_repeats)),
        "split_fingerprints": [f"split {seed}" for seed in range(n_repeats)],
        "model": "vae",
        "preset": "default",
        "settings": {"latent_dim": 16, "likelihood": "gaussian", "objective": "elbo", "n_samples": 100},
        "metrics": {"test": metrics},
        "counts": {"n_parameters": 45_664, "n_epochs": 5},
        "timings": {"fit": 1.5 * n_repeats},
        "n_threads": 1,
        "created_at": "2026-01-31T12:00:00+00:00",
    }
    return RowRecord(**(facts | changes))


def reproduction_record(cells, *, units, **changes):
    """A reproduction of cells: (coordinates, values by metric, published by metric), with a unit a metric."""
    axes = {}
    for coordinates, _, _ in cells:
        for axis, name in coordinates.items():
            axes.setdefault(axis, {})[name] = name.upper()
    facts = {
        "recipe": "made-up",
        "title": "Table 0",
        "source": "Nobody (1999)",
        "about": "Numbers of a test.",
        "quick": False,
        "settings_changed": False,
        "report": ["table"],
        "metrics": {
            name: {"title": name.upper(), "unit": unit, "tolerance": None, "decimals": 1}
            for name, unit in units.items()
        },
        "axes": axes,
        "cells": [
            {
                "coordinates": coordinates,
                "seeds": list(range(max(map(len, values.values())))),
                "metrics": {name: summarise(one) for name, one in values.items()},
                "curves": {},
                "facts": {},
                "facts_by_seed": {},
                "trials": ["-".join(coordinates.values())],
                "published": published,
                "verdicts": {},
                "reaches": {},
                "remarks": [],
            }
            for coordinates, values, published in cells
        ],
        "published_as": {"of": "one split", "decimals": 1},
        "claims": [],
        "timings": {"wall": 1.0, "trials": 1.0, "cpu": 1.0},
        "n_jobs": 1,
        "n_threads": 1,
        "library_versions": {"python": "3.11"},
        "created_at": "2026-01-31T12:00:00+00:00",
    }
    return ReproductionRecord(**(facts | changes))

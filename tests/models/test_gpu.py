"""Training on a GPU: the same random numbers, so nearly the same model."""

import numpy as np
import pytest
import torch

from varigraph.datasets import load_dataset
from varigraph.graphs.splits import split_edges
from varigraph.models import MODELS

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA device"),
]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("objective", ["balanced_sampled_edges", "bernoulli_all_pairs"])
def test_a_few_epochs_on_the_gpu_end_where_they_end_on_the_cpu(model, objective):
    split = split_edges(load_dataset("stdlib"), random_state=0)
    scores = {
        device: MODELS[model](
            16, objective=objective, max_epochs=5, dtype="float64", random_state=0, device=device
        )
        .fit(split.train, validation=split.val)
        .score_pairs(split.test.positives)
        for device in ("cpu", "cuda")
    }
    # Sums run in another order on a GPU; in float64 that is far below any effect of an epoch.
    np.testing.assert_allclose(scores["cuda"], scores["cpu"], rtol=1e-6, atol=1e-8)

"""How many threads a fit takes: little work one, and the count is noted."""

import torch

from small_graphs import a_graph
from varigraph.models import VGAE
from varigraph.training import intra_op_threads


class Seen:
    """Notes torch's thread count while training runs."""

    def __init__(self):
        self.counts = set()

    def on_epoch(self, report, state):
        self.counts.add(torch.get_num_threads())

    def on_end(self, state):
        """Nothing to do."""


def test_a_small_graph_trains_on_one_thread_whatever_torch_is_set_to():
    seen, model = Seen(), VGAE(latent_dim=3, max_epochs=2, random_state=0)
    with intra_op_threads(2):
        model.fit(a_graph(), validation_fraction=0, callbacks=[seen])
        assert torch.get_num_threads() == 2
    assert seen.counts == {1}
    assert model.n_threads_ == 1


def test_two_threads_may_be_used_and_give_the_same_bits_as_two_again(monkeypatch):
    monkeypatch.setattr("varigraph.training.devices._WORK_WORTH_A_THREAD", 1)
    fits = []
    for _ in range(2):
        seen, model = (
            Seen(),
            VGAE(latent_dim=3, max_epochs=3, objective="bernoulli_all_pairs", random_state=0),
        )
        with intra_op_threads(2):
            fits.append(model.fit(a_graph(), validation_fraction=0, callbacks=[seen]))
        assert seen.counts == {2}
    assert (fits[0].embedding_ == fits[1].embedding_).all()

"""What a user of PyG holds: encoders of its layers, a small graph, and training scripts as text."""

from __future__ import annotations

import warnings

import numpy as np
import torch
from torch import nn

with warnings.catch_warnings():
    # PyG compiles a class with torch.jit, which warns, when it is first imported.
    warnings.simplefilter("ignore")
    from torch_geometric.data import Data
    from torch_geometric.nn import GCNConv

__all__ = ["FROM_PYG", "FROM_VARIGRAPH", "RANDOM_LINK_SPLIT", "TWO_SPLIT_GAE", "TWO_SPLIT_VGAE"]
__all__ += ["PointGCN", "VariationalGCN", "a_data"]

FROM_PYG = "from torch_geometric.nn import GAE, VGAE"
FROM_VARIGRAPH = "from varigraph.interop.pyg import GAE, VGAE"


class PointGCN(nn.Module):
    """Two layers that return z."""

    def __init__(self, n_inputs, n_latent, *, cached=False):
        super().__init__()
        self.hidden = GCNConv(n_inputs, 2 * n_latent, cached=cached)
        self.latent = GCNConv(2 * n_latent, n_latent, cached=cached)

    def forward(self, x, edge_index):
        return self.latent(self.hidden(x, edge_index).relu(), edge_index)


class VariationalGCN(nn.Module):
    """Two layers, the second one twice, that return (μ, log σ)."""

    def __init__(self, n_inputs, n_latent, *, cached=False):
        super().__init__()
        self.hidden = GCNConv(n_inputs, 2 * n_latent, cached=cached)
        self.mu = GCNConv(2 * n_latent, n_latent, cached=cached)
        self.logstd = GCNConv(2 * n_latent, n_latent, cached=cached)

    def forward(self, x, edge_index):
        h = self.hidden(x, edge_index).relu()
        return self.mu(h, edge_index), self.logstd(h, edge_index)


def a_data(n_groups=4, n_each=30, *, seed=0, dtype=torch.float32):
    """A graph of groups, dense within and sparse between, with features that tell the group."""
    generator = np.random.default_rng(seed)
    group = np.repeat(np.arange(n_groups), n_each)
    chance = np.where(group[:, None] == group, 0.4, 0.01)
    upper = np.triu(generator.random(chance.shape) < chance, 1)
    x = generator.random((len(group), 8)) + 2.0 * np.eye(8)[group]
    both_ways = torch.from_numpy(np.stack((upper | upper.T).nonzero()))
    return Data(x=torch.from_numpy(x).to(dtype), edge_index=both_ways, num_nodes=len(group))


# The calls of the notes' pages on GAE and VGAE, with nothing but the graph exchanged. Only the first line
# differs between the libraries.
_TWO_SPLIT = """
from torch_geometric.transforms import NormalizeFeatures
from torch_geometric.utils import train_test_split_edges

data = train_test_split_edges(NormalizeFeatures()(data))
n_latent, n_epochs = 2, 60
model = MODEL(ENCODER(data.num_features, n_latent, cached=True))
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = model.to(device)
x, train_edges = data.x.to(device), data.train_pos_edge_index.to(device)
optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)

def train():
    model.train()
    optimizer.zero_grad()
    z = model.encode(x, train_edges)
    loss = model.recon_loss(z, train_edges)
    EXTRA
    loss.backward()
    optimizer.step()
    return float(loss)

def test(positives, negatives):
    model.eval()
    with torch.no_grad():
        z = model.encode(x, train_edges)
    return model.test(z, positives, negatives)

for epoch in range(1, n_epochs + 1):
    loss = train()
    auc, ap = test(data.test_pos_edge_index, data.test_neg_edge_index)
    lines.append("Epoch: {:03d}, AUC: {:.4f}, AP: {:.4f}".format(epoch, auc, ap))
"""

TWO_SPLIT_GAE = (
    _TWO_SPLIT.replace("MODEL", "GAE")
    .replace("ENCODER", "PointGCN")
    .replace("LEARNING_RATE", "0.01")
    .replace("    EXTRA\n", "")
)
"""GAE on the two sets of `train_test_split_edges`."""

TWO_SPLIT_VGAE = (
    _TWO_SPLIT.replace("MODEL", "VGAE")
    .replace("ENCODER", "VariationalGCN")
    .replace("LEARNING_RATE", "0.1")
    .replace("EXTRA", "loss = loss + (1 / data.num_nodes) * model.kl_loss()")
)
"""VGAE on the same."""

RANDOM_LINK_SPLIT = """
import torch_geometric.transforms as T

transform = T.Compose([
    T.NormalizeFeatures(),
    T.RandomLinkSplit(
        num_val=0.05, num_test=0.1, is_undirected=True, split_labels=True, add_negative_train_samples=False
    ),
])
train_data, val_data, test_data = (part.to("cpu") for part in transform(data))
model = VGAE(VariationalGCN(data.num_features, 16)).to("cpu")
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

def train():
    model.train()
    optimizer.zero_grad()
    z = model.encode(train_data.x, train_data.edge_index)
    loss = model.recon_loss(z, train_data.pos_edge_label_index) + (1 / train_data.num_nodes) * model.kl_loss()
    loss.backward()
    optimizer.step()
    return float(loss)

@torch.no_grad()
def test(part):
    model.eval()
    z = model.encode(part.x, part.edge_index)
    return model.test(z, part.pos_edge_label_index, part.neg_edge_label_index)

for epoch in range(51):
    loss = train()
    auc, ap = test(test_data)
    if epoch % 50 == 0:
        lines.append("Train loss : {}".format(loss))
        lines.append("Test AUC : {} | Test AP : {}".format(auc, ap))
"""
"""The seminar's script that succeeds, on the three parts of `RandomLinkSplit`."""

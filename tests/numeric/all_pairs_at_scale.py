"""Loss and gradient of all pairs of PubMed's size in a process of its own; prints its peak bytes."""

import sys
from pathlib import Path

import torch

from varigraph.decoders import InnerProductDecoder
from varigraph.objectives import BernoulliAllPairs, GraphTarget

sys.path.insert(0, str(Path(__file__).parents[1]))

from peak_memory import peak_bytes

N_NODES, N_EDGES = 19_717, 44_324

if __name__ == "__main__":
    generator = torch.Generator().manual_seed(0)
    z = (0.3 * torch.randn(N_NODES, 16, generator=generator)).requires_grad_()
    decoder = InnerProductDecoder(offset="learned")
    decoder.build(density=2 * N_EDGES / N_NODES**2)
    edges = torch.randint(N_NODES, (N_EDGES, 2), generator=generator)
    target = GraphTarget(N_NODES, edges)
    loss = BernoulliAllPairs().reconstruction(z, decoder.float(), target, generator=generator)
    loss.backward()
    sys.stdout.write(f"{peak_bytes()} {z.grad.norm().item()}\n")

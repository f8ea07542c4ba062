"""Loss and gradient of all pairs of PubMed's size in a process of its own; prints its peak bytes."""

import resource
import sys

import torch

from varigraph.decoders import InnerProductDecoder
from varigraph.objectives import BernoulliAllPairs, GraphTarget

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
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(f"{kilobytes * (1 if sys.platform == 'darwin' else 1024)} {z.grad.norm().item()}\n")

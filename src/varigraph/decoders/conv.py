"""`ConvDecoder`: strided transposed convolutions from z to p(x | z), x a row that is an image."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from varigraph.decoders.likelihoods import Likelihood
from varigraph.decoders.row_decoder import RowDecoder
from varigraph.nn import MLP, activation_named
from varigraph.nn.conv import DoublingConvolution, halved_sizes, image_dimensions

__all__ = ["ConvDecoder"]


class ConvDecoder(RowDecoder):
    """Fully connected layers to a small image of many channels, then convolutions that double it.

    Args:
        image_shape: (height, width) or (height, width, channels), as on `ConvEncoder`.
        channels: Inputs of each transposed convolution, from the latent side; as many doublings.
        hidden_dims: Width of each fully connected layer between z and the small image.
        activation: A name in `varigraph.nn.ACTIVATIONS`, after every layer but the last.
    """

    def __init__(
        self,
        image_shape: tuple[int, ...],
        channels: tuple[int, ...] = (32, 16),
        *,
        hidden_dims: tuple[int, ...] = (),
        activation: str = "relu",
    ) -> None:
        super().__init__()
        self.image_shape = image_shape
        self.channels = channels
        self.hidden_dims = hidden_dims
        self.activation = activation

    def build(
        self, n_latent: int, n_features: int, *, likelihood: Likelihood, generator: torch.Generator
    ) -> None:
        """Weights as torch's own layers start.

        Raises:
            ValueError: There is no such activation, or `n_features` is not what an image of this shape has.
        """
        height, width, n_channels = image_dimensions(self.image_shape, n_features=n_features)
        self.likelihood = likelihood
        self._activate = activation_named(self.activation)
        (small_height, small_width), *sizes = halved_sizes((height, width), len(self.channels))[::-1]
        self._n_blocks = likelihood.n_outputs_per_column
        widths = (*self.channels, self._n_blocks * n_channels)
        n_flat = small_height * small_width * widths[0]
        ends = (n_latent, *self.hidden_dims, n_flat)
        self.stem = MLP(ends, activation=self.activation, generator=generator)
        self.convolutions = nn.ModuleList(
            DoublingConvolution(i, o, size=size, generator=generator)
            for (i, o), size in zip(pairwise(widths), sizes, strict=True)
        )
        self._dimensions = (small_height, small_width, widths[0])
        self._n_features = n_features

    def outputs(self, z: Tensor) -> Tensor:
        """From (…, n_latent) to (…, n_outputs_per_column · height · width · channels)."""
        small: Tensor = self.stem(z.reshape(-1, z.shape[-1]))
        # Channels last in memory, as rows have them: the way back to a row then copies nothing.
        hidden = small.view(-1, *self._dimensions).permute(0, 3, 1, 2)
        for layer in self.convolutions:
            hidden = layer(self._activate(hidden))
        n_rows, n_channels, height, width = hidden.shape
        # A block of outputs is a whole image: block, height, width, channel.
        blocks = hidden.view(n_rows, self._n_blocks, n_channels // self._n_blocks, height, width)
        return blocks.permute(0, 1, 3, 4, 2).reshape(*z.shape[:-1], self._n_blocks * self._n_features)

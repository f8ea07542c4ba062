"""`ConvEncoder`: strided convolutions from a row that is an image to q(z | x)."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from varigraph.distributions import Posterior
from varigraph.encoders.row_encoder import RowEncoder
from varigraph.nn import MLP, activation_named
from varigraph.nn.conv import HalvingConvolution, halved_sizes, image_dimensions

__all__ = ["ConvEncoder"]


class ConvEncoder(RowEncoder):
    """Convolutions that halve the image, then fully connected layers.

    Strides in place of pooling, as in Radford, Metz & Chintala (2016), and no batch normalisation: q(z | x)
    of a row depends on that row alone.

    Args:
        image_shape: (height, width) or (height, width, channels) of an image, which a row holds flattened in
            C order: for colour, the channels of a pixel stand side by side.
        channels: Outputs of each convolution; as many halvings.
        hidden_dims: Width of each fully connected layer between the convolutions and the outputs.
        activation: A name in `varigraph.nn.ACTIVATIONS`, after every layer but the last.
    """

    def __init__(
        self,
        image_shape: tuple[int, ...],
        channels: tuple[int, ...] = (16, 32),
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
        self, n_inputs: int, n_latent: int, *, posterior: type[Posterior], generator: torch.Generator
    ) -> None:
        """Weights as torch's own layers start.

        Raises:
            ValueError: There is no such activation, or `n_inputs` is not what an image of this shape has.
        """
        height, width, n_channels = image_dimensions(self.image_shape, n_features=n_inputs)
        self.posterior = posterior
        self._activate = activation_named(self.activation)
        *sizes, (last_height, last_width) = halved_sizes((height, width), len(self.channels))
        widths = (n_channels, *self.channels)
        self.convolutions = nn.ModuleList(
            HalvingConvolution(i, o, size=size, generator=generator)
            for (i, o), size in zip(pairwise(widths), sizes, strict=True)
        )
        n_flat = last_height * last_width * widths[-1]
        ends = (n_flat, *self.hidden_dims, posterior.n_parameters * n_latent)
        self.head = MLP(ends, activation=self.activation, generator=generator)
        self._dimensions = (height, width, n_channels)

    def outputs(self, inputs: Tensor) -> Tensor:
        """From (n_rows, height · width · channels) to (n_rows, posterior.n_parameters · n_latent)."""
        # Channels stand last in a row, and last in memory they stay: no layer copies its input to turn it.
        hidden = inputs.reshape(-1, *self._dimensions).permute(0, 3, 1, 2)
        for layer in self.convolutions:
            hidden = self._activate(layer(hidden))
        outputs: Tensor = self.head(hidden.permute(0, 2, 3, 1).flatten(1))
        return outputs

"""Strided convolutions that halve an image of any size, and their transposes that double it back."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import SupportsIndex, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from varigraph.nn.initialisation import fan_in_uniform_

__all__ = ["DoublingConvolution", "HalvingConvolution", "ImageSize", "halved_sizes", "image_dimensions"]

ImageSize: TypeAlias = tuple[int, int]
"""(height, width) in pixels."""

_STRIDE = 2
# A multiple of the stride: every pixel of a doubled image then gets as many terms as its neighbours. With an
# odd kernel they get 1, 2 or 4, which shows as a chequerboard (Odena, Dumoulin & Olah, 2016).
_KERNEL = 4


class HalvingConvolution(nn.Module):
    """A 4 × 4 convolution of stride 2: from images of `size` to half of it, rounded up.

    An even side is padded by one pixel at both ends, an odd one by two, so that every pixel is seen.

    Args:
        n_inputs: Channels of the images.
        n_outputs: Channels of the result.
        size: (height, width) of the images, each 1 or more.
        generator: Where weights and offsets come from: U(±1/√fan_in), fan_in = 16 · n_inputs.

    Example:
        >>> layer = HalvingConvolution(1, 8, size=(28, 21), generator=torch.Generator())
        >>> layer(torch.zeros(5, 1, 28, 21)).shape
        torch.Size([5, 8, 14, 11])
    """

    def __init__(self, n_inputs: int, n_outputs: int, *, size: ImageSize, generator: torch.Generator) -> None:
        super().__init__()
        self.padding = _padding(size)
        self.weight = nn.Parameter(torch.empty(n_outputs, n_inputs, _KERNEL, _KERNEL))
        self.bias = nn.Parameter(torch.empty(n_outputs))
        for parameter in (self.weight, self.bias):
            fan_in_uniform_(parameter, n_inputs * _KERNEL**2, generator=generator)

    def forward(self, images: Tensor) -> Tensor:
        """From (n_images, n_inputs, height, width) to (n_images, n_outputs, ⌈height/2⌉, ⌈width/2⌉)."""
        return F.conv2d(images, self.weight, self.bias, stride=_STRIDE, padding=self.padding)


class DoublingConvolution(nn.Module):
    """The transpose of `HalvingConvolution`: from images of half a size, rounded up, to images of `size`.

    Args:
        n_inputs: Channels of the smaller images.
        n_outputs: Channels of the larger ones.
        size: (height, width) of the larger images, each 1 or more.
        generator: Where weights and offsets come from: U(±1/√fan_in), fan_in = 4 · n_inputs, because one in
            four taps of the kernel meets a pixel.

    References:
        Dumoulin & Visin (2016), *A guide to convolution arithmetic for deep learning*, section 4.5.
    """

    def __init__(self, n_inputs: int, n_outputs: int, *, size: ImageSize, generator: torch.Generator) -> None:
        super().__init__()
        self.padding = _padding(size)
        # 2 ⌈n/2⌉ + 2 − 2 padding is n for even n, and one too few for odd n.
        self.extra = [side % 2 for side in size]
        self.weight = nn.Parameter(torch.empty(n_inputs, n_outputs, _KERNEL, _KERNEL))
        self.bias = nn.Parameter(torch.empty(n_outputs))
        for parameter in (self.weight, self.bias):
            fan_in_uniform_(parameter, n_inputs * (_KERNEL // _STRIDE) ** 2, generator=generator)

    def forward(self, images: Tensor) -> Tensor:
        """From (n_images, n_inputs, ⌈height/2⌉, ⌈width/2⌉) to (n_images, n_outputs, height, width)."""
        return F.conv_transpose2d(
            images,
            self.weight,
            self.bias,
            stride=_STRIDE,
            padding=self.padding,
            output_padding=self.extra,
        )


def halved_sizes(size: ImageSize, n_times: int) -> list[ImageSize]:
    """The size itself, its half rounded up, the half of that, …: n_times + 1 sizes.

    Example:
        >>> halved_sizes((28, 20), 3)
        [(28, 20), (14, 10), (7, 5), (4, 3)]
    """
    sizes = [size]
    for _ in range(n_times):
        height, width = sizes[-1]
        sizes.append((-(-height // _STRIDE), -(-width // _STRIDE)))
    return sizes


def image_dimensions(image_shape: Sequence[SupportsIndex], *, n_features: int) -> tuple[int, int, int]:
    """Height, width and channels of the images that rows are, one channel if the shape names none.

    Args:
        image_shape: (height, width) or (height, width, channels).
        n_features: Columns of the rows, each an image flattened in C order.

    Raises:
        ValueError: It is no such shape, or the rows have another number of columns.

    Example:
        >>> image_dimensions((28, 20), n_features=560)
        (28, 20, 1)
    """
    shape = _whole_numbers(image_shape)
    if len(shape) not in {2, 3} or min(shape) < 1:
        raise ValueError(
            "image_shape must be (height, width) or (height, width, channels), whole numbers of 1 or more, "
            f"got {image_shape}."
        )
    if math.prod(shape) != n_features:
        raise ValueError(
            f"Rows of {n_features} columns are no images of shape {shape}, which have {math.prod(shape)} "
            "values; pass the image_shape of the data."
        )
    height, width, channels = shape if len(shape) == 3 else (*shape, 1)
    return height, width, channels


def _whole_numbers(values: Sequence[SupportsIndex]) -> tuple[int, ...]:
    """The values as Python's integers, none if one of them is no whole number."""
    try:
        return tuple(operator.index(value) for value in values)
    except TypeError:
        return ()


def _padding(size: ImageSize) -> list[int]:
    return [1 + side % 2 for side in size]

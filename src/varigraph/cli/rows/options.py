"""Options of models of vectors and images alone: how they are read, and what they are made of."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Annotated, Literal, TypeAlias

import typer

from varigraph.cli.options import ROWS, RowFormat, is_given

__all__ = [
    "ActivationOption",
    "ArrayOption",
    "BatchSizeOption",
    "BetaOption",
    "BinariseOption",
    "ColumnsOption",
    "ContaminationOption",
    "CorruptionOption",
    "HiddenDimsOption",
    "ImageShapeOption",
    "LearningRateOption",
    "LikelihoodOption",
    "NoRowHeaderOption",
    "NoiseOption",
    "OptimizerOption",
    "OtherRowsOption",
    "PatienceOption",
    "PriorOption",
    "RowFormatOption",
    "RowIdColumnOption",
    "RowLabelColumnOption",
    "SamplesOption",
    "ShownShapeOption",
    "refuse_reading",
    "shape_of",
    "split_names",
    "whole_numbers",
]

_TIMES = "x×"  # between height and width
_NUMBERS = re.compile(r"\d{1,9}")


def whole_numbers(text: str, separators: str) -> tuple[int, ...]:
    """Whole numbers of 1 or more, written one after the other.

    Raises:
        ValueError: It is something else.

    Example:
        >>> whole_numbers("500,250", ","), whole_numbers("28x28", "x×")
        ((500, 250), (28, 28))
    """
    parts = [part.strip() for part in re.split(f"[{separators}]", text)]
    if not all(_NUMBERS.fullmatch(part) and int(part) > 0 for part in parts):
        raise ValueError(text)
    return tuple(map(int, parts))


def split_names(text: str) -> list[str]:
    """Names between commas, blanks around them left off."""
    return [name.strip() for name in text.split(",")]


def shape_of(text: str | None) -> tuple[int, ...] | None:
    """An image's shape as (height, width) or (height, width, channels), from text that was checked.

    Example:
        >>> shape_of("28x20"), shape_of(None)
        ((28, 20), None)
    """
    return None if text is None else whole_numbers(text, _TIMES)


def _written_as(separators: str, example: str, lengths: range) -> Callable[[str | None], str | None]:
    """A check of text that stands for whole numbers."""

    def check(text: str | None) -> str | None:
        try:
            is_right = text is None or len(whole_numbers(text, separators)) in lengths
        except ValueError:
            is_right = False
        if not is_right:
            raise typer.BadParameter(f"{text!r} is not written as {example}, in whole numbers of 1 or more.")
        return text

    return check


_checked_shape = _written_as(_TIMES, "28x28 or 32x32x3", range(2, 4))


def _above_nought(value: float | None) -> float | None:
    if value is not None and not 0 < value < math.inf:  # which also refuses NaN
        raise typer.BadParameter(f"{value:g} is no number above 0.")
    return value


def _nought_or_more(value: float | None) -> float | None:
    if value is not None and not 0 <= value < math.inf:
        raise typer.BadParameter(f"{value:g} is no number of 0 or more.")
    return value


def _checked_contamination(share: float | None) -> float | None:
    if share is not None and not 0 < share <= 0.5:
        raise typer.BadParameter(f"{share:g} is no share above 0 and up to 0.5.")
    return share


HiddenDimsOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        rich_help_panel=ROWS,
        metavar="N,N,…",
        callback=_written_as(",", "500,250", range(1, 100)),
        help="Widths of the encoder's hidden layers, such as 500,250; the decoder has them the other way "
        "round.",
    ),
]
ActivationOption: TypeAlias = Annotated[
    Literal["relu", "tanh", "elu", "gelu", "softplus", "sigmoid", "identity"] | None,
    typer.Option(rich_help_panel=ROWS, help="Of the hidden layers; identity for a linear model."),
]
LikelihoodOption: TypeAlias = Annotated[
    Literal["gaussian", "bernoulli"] | None,
    typer.Option(
        rich_help_panel=ROWS,
        help="What explains a value. Where neither you nor the preset says it: bernoulli for images with "
        "values in [0, 1] and for 0 and 1 alone, gaussian for all else.",
    ),
]
PriorOption: TypeAlias = Annotated[
    Literal["standard_normal", "mixture", "vamp"] | None,
    typer.Option(rich_help_panel=ROWS, help="Of a vae: what latent vectors are drawn from."),
]
BetaOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        rich_help_panel=ROWS,
        metavar="B",
        callback=_nought_or_more,
        help="Of a vae trained by its elbo: weight of the divergence, 1 for the bound itself.",
    ),
]
CorruptionOption: TypeAlias = Annotated[
    Literal["masking", "gaussian", "salt_and_pepper"] | None,
    typer.Option(rich_help_panel=ROWS, help="Of a denoising_ae: how rows are damaged in training."),
]
NoiseOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        rich_help_panel=ROWS,
        metavar="X",
        callback=_nought_or_more,
        help="Of a denoising_ae: the share of values that are damaged, or of gaussian noise the standard "
        "deviation.",
    ),
]
BatchSizeOption: TypeAlias = Annotated[
    int | None, typer.Option(rich_help_panel=ROWS, min=1, metavar="N", help="Rows a step.")
]
LearningRateOption: TypeAlias = Annotated[
    float | None,
    typer.Option(rich_help_panel=ROWS, metavar="X", callback=_above_nought, help="The optimizer's."),
]
OptimizerOption: TypeAlias = Annotated[
    Literal["adam", "adagrad"] | None, typer.Option(rich_help_panel=ROWS, help="The method of descent.")
]
PatienceOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        rich_help_panel=ROWS,
        min=0,
        metavar="N",
        help="Stop after so many epochs without a better validation loss and keep the best; 0 runs all and "
        "keeps the last.",
    ),
]
BinariseOption: TypeAlias = Annotated[
    Literal["none", "threshold", "sampled", "dynamic"],
    typer.Option(
        rich_help_panel=ROWS,
        help="Make intensities in [0, 1] zeros and ones: above a half, drawn once, or drawn anew in every "
        "step of training. Scores of different ways are not to be compared.",
    ),
]
ColumnsOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        rich_help_panel=ROWS,
        metavar="NAME,…",
        help="Columns of a table to train on; by default all but ids and labels.",
    ),
]
ArrayOption: TypeAlias = Annotated[
    str | None,
    typer.Option(rich_help_panel=ROWS, metavar="NAME", help="Which array of an .npz holds the values."),
]
ImageShapeOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        rich_help_panel=ROWS,
        metavar="HxW[xC]",
        callback=_checked_shape,
        help="Rows are images of this height, width and perhaps number of channels, such as 28x28.",
    ),
]
ShownShapeOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--image-shape",
        rich_help_panel=ROWS,
        metavar="HxW[xC]",
        callback=_checked_shape,
        help="What images to show rows as, where the run does not say; by default squares.",
    ),
]
SamplesOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        rich_help_panel=ROWS, min=1, metavar="N", help="Of a vae: importance samples a row for its density."
    ),
]
ContaminationOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        rich_help_panel=ROWS,
        metavar="C",
        callback=_checked_contamination,
        help="Also mark anomalies: rows that are reconstructed worse than this share of the rows that the "
        "run held out from training, which are read again.",
    ),
]
OtherRowsOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--data",
        rich_help_panel=ROWS,
        metavar="DATA",
        help="Other rows, as `varigraph fit` takes them, in place of the run's own.",
    ),
]
RowFormatOption: TypeAlias = Annotated[
    RowFormat | None,
    typer.Option("--format", rich_help_panel=ROWS, help="What --data is, when its ending does not say."),
]
NoRowHeaderOption: TypeAlias = Annotated[
    bool,
    typer.Option("--no-header", rich_help_panel=ROWS, help="The first line of --data is a row, no header."),
]
RowIdColumnOption: TypeAlias = Annotated[
    str | None, typer.Option("--id-column", rich_help_panel=ROWS, metavar="NAME", help="Ids in --data.")
]
RowLabelColumnOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--label-column", rich_help_panel=ROWS, metavar="NAME", help="Labels in --data, for colours."
    ),
]


def refuse_reading(context: typer.Context, names: tuple[str, ...], *, where: str) -> None:
    """Refuses options that say how to read rows when there are none to read.

    Raises:
        typer.BadParameter: One was given; the message names it.
    """
    for name in names:
        if is_given(context, name):
            raise typer.BadParameter(
                f"--{name.replace('_', '-')} says how to read {where}, which is missing."
            )

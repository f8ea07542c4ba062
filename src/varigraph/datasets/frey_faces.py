"""Frey faces: the frames of a short video of one face, as in Kingma and Welling's paper."""

from __future__ import annotations

import io

import numpy as np

from varigraph.datasets.card import DatasetCard, RawFile
from varigraph.datasets.download import read_verified
from varigraph.errors import FileContentError
from varigraph.rows import Rows

__all__ = ["FREY_FACES_CARD", "load_frey_faces"]

_SOURCE = "https://github.com/jmtomczak/vae_vampprior"
_N_ROWS, _HEIGHT, _WIDTH = 1965, 28, 20
_LARGEST = 255

FREY_FACES_CARD = DatasetCard(
    name="frey_faces",
    kind="rows",
    title="Frames of a video of one face",
    source=f"{_SOURCE}, datasets/Freyfaces/freyfaces.pkl, from B. Frey by way of S. Roweis",
    licence="MIT (the repository's; none is stated for the data)",
    citation="Roweis, Saul and Hinton (2002), Global coordination of local linear models",
    n_rows=_N_ROWS,
    n_features=_HEIGHT * _WIDTH,
    image_shape=(_HEIGHT, _WIDTH),
    raw_files=(
        RawFile(
            name="frey_faces.npy",
            sha256="13a0cd943fe56c8a2f4c05bc670b097ae2fda4f9d3a0d5215277712ac02f12e6",
            places=("frey_faces/frey_faces.npy",),
            how_to_make=(
                f"numpy.save('frey_faces.npy', pixels) with pixels the first object in the list "
                f"datasets/Freyfaces/freyfaces.pkl of {_SOURCE}, as uint8 of shape (1965, 560)"
            ),
        ),
    ),
    notes=(
        "Intensities are divided by 255; they are from 8 to 238. Frames stand in the order of the video and "
        "neighbours are alike, so that rows held out at random have near copies among those trained on."
    ),
)


def load_frey_faces() -> Rows:
    """1,965 faces, float32 in [0, 1], in the order of the video; see `FREY_FACES_CARD`.

    Raises:
        DatasetUnavailableError: The file is missing; the message says how to make it.
        FileContentError: It is not that file.
    """
    (content,) = read_verified(FREY_FACES_CARD.raw_files).values()
    pixels = np.load(io.BytesIO(content), allow_pickle=False)
    if pixels.dtype != np.uint8 or pixels.shape != (_N_ROWS, _HEIGHT * _WIDTH):
        raise FileContentError(
            f"Frey faces are uint8 of shape (1965, 560), not {pixels.dtype} of {pixels.shape}."
        )
    return Rows(
        np.divide(pixels, np.float32(_LARGEST)),
        ids=np.arange(_N_ROWS),
        image_shape=(_HEIGHT, _WIDTH),
        name=FREY_FACES_CARD.name,
    )

"""`load_rows`: one door for every source of vectors and images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from varigraph.datasets.catalogue import load_rows_dataset
from varigraph.datasets.loading import check_name, source_kind
from varigraph.rows import Binarisation, Rows, binarised, read_rows_file, to_rows

__all__ = ["load_rows"]


def load_rows(source: Any, *, binarise: Binarisation = "none", seed: int = 0, **options: Any) -> Rows:
    """Rows from a data set's name, a file, a folder of images, an array or a frame.

    Args:
        source: The name of a data set (`varigraph datasets` lists them); the path of a file (.csv, .tsv,
            .parquet, .jsonl, .npy, .npz) or of a folder of images; or whatever `varigraph.rows.to_rows`
            takes: an array, a memory map, a tensor, a frame. A data set's name wins over a file of that name;
            `./digits` is the file or folder.
        binarise: Whether and how intensities in [0, 1] become 0 or 1: "none", "threshold", "sampled"; see
            `varigraph.rows.binarised`.
        seed: Of "sampled"; the same seed makes the same bits.
        **options: For a file those of `varigraph.rows.read_rows_file` (`format`, `label_column`, `columns`,
            `image_shape`, …), for an object those of `to_rows`.

    Raises:
        DataError: There is no such data set or file, or what is there makes no rows; the message names file,
            line and column.
        TypeError: An option is none of that source's.

    Example:
        >>> load_rows("digits")
        Rows(digits: 1,797 rows, 64 features (8 × 8 images))
        >>> load_rows("digits", binarise="threshold").values.max().item()
        1.0
    """
    return binarised(_loaded(source, options), binarise, seed=seed)


def _loaded(source: Any, options: dict[str, Any]) -> Rows:
    if not isinstance(source, str | Path):
        return to_rows(source, **options)
    if source_kind(source) == "dataset":
        check_name(str(source), "rows")
        if options:
            raise TypeError(f"{source} is a data set and has no option {sorted(options)[0]}.")
        return load_rows_dataset(str(source))
    return read_rows_file(source, **options)

"""Rows: the user's vectors and images, their files and their splits."""

from varigraph.rows.binarising import Binarisation, binarised
from varigraph.rows.convert import to_rows
from varigraph.rows.files import RowsFormat, read_rows_file
from varigraph.rows.notes import row_notes
from varigraph.rows.rows import Rows
from varigraph.rows.splits import RowSplit, split_rows

__all__ = [
    "Binarisation",
    "RowSplit",
    "Rows",
    "RowsFormat",
    "binarised",
    "read_rows_file",
    "row_notes",
    "split_rows",
    "to_rows",
]

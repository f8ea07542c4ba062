"""Files of rows: tables, arrays of numpy, and folders of images."""

from varigraph.rows.files.formats import RowsFormat, rows_format
from varigraph.rows.files.reading import read_rows_file

__all__ = ["RowsFormat", "read_rows_file", "rows_format"]

"""Tables: columns in files and frames, read and written; the only package that speaks to DuckDB."""

from varigraph.tables.edges import EdgeColumns, EdgeNames, read_edge_columns, take_edge_columns
from varigraph.tables.frames import FrameKind, frame_columns, frame_kind, frame_names, is_frame, make_frame
from varigraph.tables.reading import READABLE_ENDINGS, column_names, read_columns
from varigraph.tables.table import Table
from varigraph.tables.writing import WRITABLE_ENDINGS, write_table

__all__ = [
    "EdgeColumns",
    "EdgeNames",
    "FrameKind",
    "READABLE_ENDINGS",
    "Table",
    "WRITABLE_ENDINGS",
    "column_names",
    "frame_columns",
    "frame_kind",
    "frame_names",
    "is_frame",
    "make_frame",
    "read_columns",
    "read_edge_columns",
    "take_edge_columns",
    "write_table",
]

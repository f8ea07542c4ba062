"""Tables: columns in files and frames, read and written; the only package that speaks to DuckDB."""

from varigraph.tables.appending import append_columns
from varigraph.tables.edges import EdgeColumns, EdgeNames, read_edge_columns, take_edge_columns
from varigraph.tables.embeddings import embedding_columns
from varigraph.tables.feature_entries import FeatureEntries, read_feature_entries, take_feature_entries
from varigraph.tables.file_formats import READABLE_ENDINGS, FileFormat, check_is_file
from varigraph.tables.frames import FrameKind, frame_columns, frame_kind, frame_names, is_frame, make_frame
from varigraph.tables.id_lists import IdList, read_ids
from varigraph.tables.nodes import NodeColumns, NodeNames, read_node_columns, take_node_columns
from varigraph.tables.reading import column_names, read_columns
from varigraph.tables.table import Table, suggestion
from varigraph.tables.writing import WRITABLE_ENDINGS, write_table

__all__ = [
    "EdgeColumns",
    "EdgeNames",
    "FeatureEntries",
    "FileFormat",
    "FrameKind",
    "IdList",
    "NodeColumns",
    "NodeNames",
    "READABLE_ENDINGS",
    "Table",
    "WRITABLE_ENDINGS",
    "append_columns",
    "check_is_file",
    "column_names",
    "embedding_columns",
    "frame_columns",
    "frame_kind",
    "frame_names",
    "is_frame",
    "make_frame",
    "read_columns",
    "read_edge_columns",
    "read_feature_entries",
    "read_ids",
    "read_node_columns",
    "suggestion",
    "take_edge_columns",
    "take_feature_entries",
    "take_node_columns",
    "write_table",
]

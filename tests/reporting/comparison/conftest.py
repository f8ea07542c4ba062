"""Comparisons of records that stand in files."""

import pytest

from varigraph.reporting.comparison import compare_runs


@pytest.fixture
def compared(tmp_path):
    """Writes records under their names and compares them."""

    def compare(**records):
        options = {name: records.pop(name) for name in ("metrics", "sort") if name in records}
        paths = [tmp_path / f"{name}.json" for name in records]
        for path, record in zip(paths, records.values(), strict=True):
            record.write(path)
        return compare_runs(paths, **options)

    return compare

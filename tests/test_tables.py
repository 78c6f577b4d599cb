"""Columns come back as they were; damage and bombs are refused."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from dtwcoach.tables import TableError, decode_table, encode_table, read_header

COLUMNS = {
    "time_s": np.array([0.0, 0.1, np.nan]),
    "angle": np.array([1, np.inf, np.nan], dtype=np.float32),
    "people": np.array([0, 1, 2]),
}
HEADER = {"schema": 1, "who": "Ü"}


@pytest.mark.parametrize("rows", [3, 1, 0])
def test_what_is_encoded_comes_back(rows: int) -> None:
    given = {name: values[:rows] for name, values in COLUMNS.items()}
    header, columns = decode_table(encode_table(given, header=HEADER), max_rows=3)
    assert header == HEADER
    assert list(columns) == list(given)
    for name, values in given.items():
        np.testing.assert_array_equal(columns[name], values)
        assert columns[name].dtype == values.dtype


def test_columns_that_are_not_contiguous() -> None:
    block = np.arange(12.0).reshape(4, 3)
    _, columns = decode_table(encode_table({"b": block[:, 1]}, header={}), max_rows=9)
    np.testing.assert_array_equal(columns["b"], block[:, 1])


def test_text_is_utf_8_and_needs_no_pandas() -> None:
    code = """
import sys
import numpy as np
from dtwcoach.tables import encode_table
names = np.array(["J\\u00fcrgen", "", "\\udcff"])
sys.stdout.buffer.write(encode_table({"name": names}, header={}))
assert "pandas" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert pq.read_table(io.BytesIO(done.stdout)).to_pydict() == {"name": ["Jürgen", "", "?"]}


def test_header_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(encode_table(COLUMNS, header=HEADER))
    assert read_header(path) == HEADER


def test_too_many_rows_are_not_read() -> None:
    with pytest.raises(TableError, match="3 rows of 3 columns are too many"):
        decode_table(encode_table(COLUMNS, header={}), max_rows=2)


@pytest.mark.parametrize("data", [b"", b"text", b"PAR1PAR1PAR1"])
def test_other_bytes(data: bytes) -> None:
    with pytest.raises(TableError):
        decode_table(data, max_rows=9)


@pytest.mark.parametrize("values", [["a"], [None, 1.0], [True]])
def test_columns_of_others_that_are_no_numbers(values: list[object]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.table({"name": pa.array(values)}), sink)
    with pytest.raises(TableError, match="column 'name' .* other than numbers"):
        decode_table(sink.getvalue(), max_rows=9)


def test_tables_of_others_have_no_header_and_may_have_many_parts() -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.table({"a": pa.array(np.arange(10.0))}), sink, row_group_size=3)
    header, columns = decode_table(sink.getvalue(), max_rows=10)
    assert header == {}
    np.testing.assert_array_equal(columns["a"], np.arange(10.0))

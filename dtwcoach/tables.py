"""Columns and a JSON header as Parquet bytes.

Arrow's own way from and to NumPy imports pandas, which takes longer than all the reading; here
the columns' memory is used as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

METADATA_KEY = b"dtwcoach"
MAX_COLUMNS = 2_000

Column = NDArray[Any]


class TableError(ValueError):
    """Bytes that are no table of numbers; callers say which file and what to do."""


def encode_table(columns: Mapping[str, Column], *, header: Mapping[str, Any]) -> bytes:
    """Write columns and a header as the bytes of a Parquet file.

    Parameters
    ----------
    columns : mapping of name -> (row,) array
        Of float32, float64, int64 or text (dtype `U`); what is no Unicode becomes "?".
    header : mapping
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = [_arrow(values) for values in columns.values()]
    table = pa.Table.from_arrays(arrays, names=list(columns))
    floats = [name for name, values in columns.items() if values.dtype.kind == "f"]
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema,
        compression="snappy",  # zstd takes twice as long to open on so many short columns
        use_byte_stream_split=floats,  # and this makes snappy's files the smaller ones
        use_dictionary=False,
        write_statistics=False,
        write_page_checksum=True,
        store_schema=False,  # Arrow's copy of the schema would be a third of a small file
    ) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({METADATA_KEY.decode(): json.dumps(header)})
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _arrow(values: Column) -> Any:
    import pyarrow as pa

    if values.dtype.kind == "U":
        texts = [str(value).encode("utf-8", "replace") for value in values]
        ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        text = pa.py_buffer(b"".join(texts))
        return pa.StringArray.from_buffers(len(texts), pa.py_buffer(ends), text)
    types = {"float32": pa.float32(), "float64": pa.float64(), "int64": pa.int64()}
    memory = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(types[values.dtype.name], len(values), [None, memory])


def decode_table(data: bytes, *, max_rows: int) -> tuple[dict[str, Any], dict[str, Column]]:
    """Read what `encode_table` wrote.

    Returns
    -------
    header : dict
        Empty where there is none.
    columns : dict of name -> (row,) read-only array

    Raises
    ------
    TableError
        When it is not Parquet, is damaged, claims more rows than `max_rows` (it may be made to
        fill the memory) or has columns that are not plain numbers.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _table_errors():
        file = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        if file.metadata.num_rows > max_rows or file.metadata.num_columns > MAX_COLUMNS:
            raise TableError(
                f"{file.metadata.num_rows} rows of {file.metadata.num_columns} columns are too many"
            )
        table = file.read(use_threads=False)
        names: list[str] = table.column_names
        return _header(file.metadata.metadata), {
            name: _values(name, column) for name, column in zip(names, table.columns, strict=True)
        }


def read_header(path: Path) -> dict[str, Any]:
    """Read the header of a file alone (errors as in `decode_table`)."""
    import pyarrow.parquet as pq

    with _table_errors():
        return _header(pq.read_metadata(path).metadata)


@contextmanager
def _table_errors() -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except TableError:
        raise
    except (pa.ArrowException, OSError, ValueError, TypeError) as error:
        lines = str(error).splitlines()
        raise TableError(lines[0].rstrip(".") if lines else "unreadable") from error


def _header(metadata: dict[bytes, bytes] | None) -> dict[str, Any]:
    """The JSON object under our key; empty for the files of others."""
    header = json.loads((metadata or {}).get(METADATA_KEY, b"{}"))
    if not isinstance(header, dict):
        raise TableError("its header is not an object")
    return header


def _values(name: str, column: Any) -> Column:
    kinds = {"float": np.float32, "double": np.float64, "int64": np.int64}
    kind = kinds.get(str(column.type))
    if kind is None or column.null_count:
        raise TableError(f"column {name!r} ({column.type}) holds something other than numbers")
    parts = [
        np.frombuffer(chunk.buffers()[1], dtype=kind)[chunk.offset : chunk.offset + len(chunk)]
        for chunk in column.chunks
        if len(chunk)
    ]
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, kind), *parts])

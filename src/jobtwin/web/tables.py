"""Tables as files: CSV for a spreadsheet, JSON for a script, Parquet for a notebook (extra `parquet`)."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from importlib.util import find_spec
from typing import Any
from uuid import UUID

from jobtwin.core.errors import NotFound
from jobtwin.core.instant import utc_text
from jobtwin.core.roster import safe_cell
from jobtwin.store.queries.export import Row, Table

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


def formats() -> list[str]:
    """The formats that can be written here."""
    return [one for one in MEDIA if one != "parquet" or find_spec("pyarrow")]


def written(table: Table, rows: Sequence[Row], form: str) -> bytes:
    """The file. Raises NotFound for a format that cannot be written here."""
    if form not in formats():
        raise NotFound(f"a table is written as {', '.join(formats())} here")
    write: dict[str, Callable[[Table, Sequence[Row]], bytes]] = {
        "csv": _csv,
        "json": _json,
        "parquet": _parquet,
    }
    return write[form](table, rows)


def _csv(table: Table, rows: Sequence[Row]) -> bytes:
    return csv_file(list(table.columns), rows)


def csv_file(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """RFC 4180, with an apostrophe before text that a spreadsheet would take for a formula."""
    file = io.StringIO(newline="")
    out = csv.writer(file)
    out.writerow(heading)
    out.writerows([_cell(one) for one in row] for row in rows)
    return file.getvalue().encode()


def _cell(value: object) -> object:
    plain = _plain(value)
    return safe_cell(plain) if isinstance(plain, str) else plain


def _json(table: Table, rows: Sequence[Row]) -> bytes:
    """A list of objects; instants and exact decimals are text."""
    named = [dict(zip(table.columns, map(_plain, row), strict=True)) for row in rows]
    return json.dumps(named, ensure_ascii=False).encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return utc_text(value)
    return str(value) if isinstance(value, Decimal | UUID) else value


def _parquet(table: Table, rows: Sequence[Row]) -> bytes:
    """Typed columns: instants in UTC, decimals with eight places."""
    import pyarrow as pa  # noqa: PLC0415  the extra is large, and most pages need none of it
    from pyarrow import parquet  # noqa: PLC0415

    types: dict[type, Any] = {
        UUID: pa.string(),
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        datetime: pa.timestamp("us", tz="UTC"),
        Decimal: pa.decimal128(20, 8),
    }
    schema = pa.schema([(name, types[kind]) for name, kind in table.columns.items()])
    columns = [
        pa.array([_typed(row[place]) for row in rows], type=field.type) for place, field in enumerate(schema)
    ]
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays(columns, schema=schema), file)
    return file.getvalue()


def _typed(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value

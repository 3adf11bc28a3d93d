"""Notebooks as inert text: cells with their source and what they printed; nothing is rendered or run."""

import json
from dataclasses import dataclass

from jobtwin.web.shown.text import shortened

MAX_CELLS = 500
MAX_SOURCE = 20_000
MAX_OUTPUT = 4_000
MAX_OUTPUTS = 20


@dataclass(frozen=True, slots=True)
class Output:
    """What a cell put out: text, or a sentence on what is not shown."""

    text: str
    shown: bool


@dataclass(frozen=True, slots=True)
class NotebookCell:
    """One cell: `markdown`, `code` or `raw`, and its source."""

    number: int
    kind: str
    source: str
    outputs: list[Output]


@dataclass(frozen=True, slots=True)
class Notebook:
    """At most MAX_CELLS cells, and how many there are."""

    cells: list[NotebookCell]
    total: int


def notebook_of(content: bytes) -> Notebook | None:
    """The notebook in a file of at most 1 MiB, or None where it is no notebook: then its lines are shown."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    cells = document.get("cells") if isinstance(document, dict) else None
    if not isinstance(cells, list):
        return None
    shown = [_cell(number, one) for number, one in enumerate(cells[:MAX_CELLS], 1) if isinstance(one, dict)]
    return Notebook(shown, len(cells))


def _cell(number: int, cell: dict[str, object]) -> NotebookCell:
    outputs = cell.get("outputs")
    listed = outputs[:MAX_OUTPUTS] if isinstance(outputs, list) else []
    kind = cell.get("cell_type")
    return NotebookCell(
        number,
        kind if kind in ("markdown", "code", "raw") else "unknown",
        shortened(_text(cell.get("source")), MAX_SOURCE),
        [_output(one) for one in listed if isinstance(one, dict)],
    )


def _output(output: dict[str, object]) -> Output:
    if output.get("output_type") == "error":
        return Output(shortened(f"{output.get('ename')}: {output.get('evalue')}", MAX_OUTPUT), shown=True)
    data = output.get("data")
    text = output.get("text") or (data.get("text/plain") if isinstance(data, dict) else None)
    if text:
        return Output(shortened(_text(text), MAX_OUTPUT), shown=True)
    kinds = ", ".join(sorted(map(str, data))[:5]) if isinstance(data, dict) else "no text"
    return Output(shortened(f"An output that is not shown: {kinds}", MAX_OUTPUT), shown=False)


def _text(value: object) -> str:
    if isinstance(value, list):
        return "".join(one for one in value if isinstance(one, str))
    return value if isinstance(value, str) else ""

"""Log lines: their form, the trace's ids, and what never reaches them."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Literal

import pytest

from jobtwin.telemetry.logs import logging_settings
from jobtwin.telemetry.tracing import span


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Where JSON lines of a logger of ours end up; the logging of the tests comes back afterwards."""
    yield from _captured("json")


def _captured(form: Literal["json", "plain"]) -> Iterator[io.StringIO]:
    into = io.StringIO()
    settings = logging_settings(form, "INFO")
    settings["handlers"]["stderr"]["stream"] = into
    root = logging.getLogger()
    former = (root.handlers[:], root.level, logging.getLogger("jobtwin").level)
    logging.config.dictConfig(settings)
    yield into
    root.handlers[:], root.level = former[0], former[1]
    logging.getLogger("jobtwin").setLevel(former[2])


def test_a_line_is_one_object_with_known_fields(lines: io.StringIO) -> None:
    logging.getLogger("jobtwin.request").info("request", extra={"route": "submit", "status": 302, "ms": 4.2})
    line = json.loads(lines.getvalue())
    assert (line["event"], line["route"], line["status"], line["ms"]) == ("request", "submit", 302, 4.2)
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_personal_data_does_not_get_into_a_line(lines: io.StringIO) -> None:
    log = logging.getLogger("jobtwin.anything")
    log.warning("mail to %s failed", "ada.l+exam@demo.example", extra={"email": "ada@demo.example"})
    log.warning("cannot connect to postgresql://jobtwin_app:hunter2@db/jobtwin")
    try:
        raise ValueError("no such person: ada@demo.example")
    except ValueError:
        log.exception("failed", extra={"request": object(), "task_kwargs": {"name": "Ada"}})
    text = lines.getvalue()
    assert "ada" not in text.lower()
    assert "hunter2" not in text
    assert "ValueError" in text


def test_a_hostile_text_stays_on_one_line_and_is_cut(lines: io.StringIO) -> None:
    logging.getLogger("jobtwin.x").warning("one\n%s", "{}" * 5_000)
    (only,) = lines.getvalue().splitlines()
    assert len(only) < 3000


def test_a_line_within_a_span_names_its_trace(lines: io.StringIO, spans: object) -> None:
    with span("work") as current:
        logging.getLogger("jobtwin.x").warning("inside")
        expected = format(current.get_span_context().trace_id, "032x")
    assert json.loads(lines.getvalue())["trace_id"] == expected


def test_plain_lines_are_for_people() -> None:
    for into in _captured("plain"):
        logging.getLogger("jobtwin.x").warning("mind the gap")
        assert "event='mind the gap'" in into.getvalue()

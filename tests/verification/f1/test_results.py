"""The result channel: only lines of our own reporter count."""

import hashlib
import hmac
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.verification.f1.results import read_results

KEY = b"k" * 32


def line(number: int, document: dict[str, object], key: bytes = KEY) -> bytes:
    body = json.dumps([number, document]).encode()
    return hmac.new(key, body, hashlib.sha256).hexdigest().encode() + b" " + body + b"\n"


START: dict[str, object] = {"t": "start", "pytest": "9", "python": "3"}
END: dict[str, object] = {"t": "end", "exit": 1}


def test_lines_of_our_reporter_are_read() -> None:
    report: dict[str, object] = {
        "t": "report",
        "id": "a::b",
        "w": "call",
        "o": "passed",
        "x": False,
        "d": 0.1,
    }
    seen = {"ran": 1, "raised": None, "raw": None, "causes": [], "errnos": [2]}
    found = read_results(line(0, START) + line(1, {**report, "s": seen}) + line(2, END), KEY)

    assert found.started
    assert found.exit_code == 1
    assert found.reports[0].passed
    assert (found.reports[0].ran, found.reports[0].errnos) == (1, (2,))
    assert found.forged_lines == 0


def test_a_line_under_another_key_is_forged() -> None:
    found = read_results(line(0, START) + line(1, END, b"other"), KEY)

    assert found.exit_code is None
    assert found.forged_lines == 1


def test_a_line_told_twice_is_forged() -> None:
    found = read_results(line(0, START) + line(0, START) + line(1, END), KEY)

    assert found.forged_lines == 1
    assert found.exit_code == 1


def test_half_a_line_of_a_killed_run_is_no_forgery() -> None:
    assert read_results(line(0, START) + line(1, END)[:20], KEY).forged_lines == 0


def test_bytes_after_the_end_are_forged() -> None:
    assert read_results(line(0, START) + line(1, END) + b"x", KEY).forged_lines == 1


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader_or_count(raw: bytes) -> None:
    found = read_results(line(0, START) + raw + b"\n", KEY)

    assert found.forged_lines == raw.count(b"\n") + 1
    assert found.exit_code is None


REPORT: dict[str, object] = {
    "t": "report",
    "id": "a::b",
    "w": "call",
    "o": "failed",
    "x": False,
    "s": None,
    "d": 1,
}


@pytest.mark.parametrize(
    "changed",
    [
        {"s": "evil"}, {"s": {"ran": "x"}}, {"s": {"raw": {}}}, {"s": {"causes": 5}},
        {"s": {"errnos": ["1"]}}, {"d": "soon"}, {"d": math.inf}, {"id": None}, {"o": []}, {"m": 3},
        {"t": "session", "failed": "many"}, {"t": "deselected", "marks": [["x"]]},
        {"t": "collected", "ids": 1},
    ],
)  # fmt: skip
def test_a_signed_line_of_a_shape_that_we_never_write_is_forged(changed: dict[str, object]) -> None:
    found = read_results(line(0, START) + line(1, REPORT | changed), KEY)

    assert (found.forged_lines, found.reports) == (1, [])


@pytest.mark.parametrize(
    "body", [b"[1, " + b"[" * 100_000, b'[1, {"t": ' + b"9" * 6_000 + b"}]", b"1", b"[1]"]
)
def test_a_signed_line_that_is_no_document_is_forged(body: bytes) -> None:
    signed = hmac.new(KEY, body, hashlib.sha256).hexdigest().encode() + b" " + body + b"\n"

    assert read_results(line(0, START) + signed, KEY).forged_lines == 1


def test_text_of_a_suite_is_kept_as_text_that_can_be_stored() -> None:
    told = REPORT | {"id": "a" * 9_000, "m": "\ud800\0" + "x" * 9_000}

    found = read_results(line(0, told), KEY).reports[0]

    assert (len(found.nodeid), found.message[:3], len(found.message)) == (2000, "??x", 1000)

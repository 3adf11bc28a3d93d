"""The result channel: only lines of our own reporter count."""

import hashlib
import hmac
import json

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

"""The filter denies what it names and allows the rest: checked by running its program here."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.verification.seccomp import DENIED, filter_program

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW = 0x7FFF0000


def answer(machine: str, number: int, architecture: int) -> int:
    """A small interpreter of the four instructions that the filter uses."""
    program = filter_program(machine)
    assert program is not None
    steps = list(struct.iter_unpack("=HBBI", program))
    at, value = 0, 0
    while True:
        code, yes, no, operand = steps[at]
        if code == 0x06:
            return int(operand)
        if code == 0x20:
            value = architecture if operand == 4 else number
            at += 1
        else:
            holds = value == operand if code == 0x15 else value >= operand
            at += 1 + (yes if holds else no)


@pytest.mark.parametrize("machine", list(DENIED))
@given(number=st.integers(0, 2000))
def test_exactly_the_named_calls_are_denied(machine: str, number: int) -> None:
    allowed = answer(machine, number, ARCHITECTURES[machine]) == ALLOW

    assert allowed == (number not in DENIED[machine].values())


@pytest.mark.parametrize("machine", list(DENIED))
def test_calls_of_another_architecture_are_denied(machine: str) -> None:
    assert answer(machine, 0, 0x40000003) != ALLOW


def test_the_x32_table_is_denied() -> None:
    assert answer("x86_64", 0x40000000 + 1, ARCHITECTURES["x86_64"]) != ALLOW


def test_a_machine_that_is_not_known_has_no_filter() -> None:
    assert filter_program("mips") is None

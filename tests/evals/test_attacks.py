"""Attacks and changes on made capstones: code's verdicts do not move, and a gullible model stays inside."""

import pytest

from jobtwin.evals import measures
from jobtwin.evals.attacks import BENIGN, CARRIERS, PAYLOADS
from jobtwin.evals.attacks.payloads import MARK
from jobtwin.evals.capstones import Capstone, capstones
from jobtwin.evals.drafts import KINDS
from jobtwin.evals.metamorphic import CHANGES
from jobtwin.evals.stubs import BROKEN, STUBS
from jobtwin.evals.texts import TEXTS
from jobtwin.evals.tricks import tricks, tried

MADE: tuple[Capstone, ...] = tuple(capstones(4))


@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_carrier_moves_what_code_says(carrier: str) -> None:
    payload = list(PAYLOADS)[list(CARRIERS).index(carrier) % len(PAYLOADS)]
    row = measures.attacked(MADE[0], carrier, payload)
    assert (row["flips"], row["violations"], row["untrue"]) == (0, 0, 0)
    assert (row["shift_lower"], row["shift_upper"], row["clean_drift"]) == (0.0, 0.0, 0.0)


def test_every_carrier_holds_the_text_somewhere() -> None:
    for carrier, place in CARRIERS.items():
        clean, changes = MADE[0].files, place(MADE[0], BENIGN)
        assert any(content != clean.get(path) for path, content in changes.items()), carrier


def test_every_payload_can_be_recognised_unless_it_is_encoded() -> None:
    assert {name for name, text in PAYLOADS.items() if MARK not in text} == {"base64"}


@pytest.mark.parametrize("stub", ["always met with all spans", "markup in the note", "500"])
def test_a_stub_stays_inside_the_bounds(stub: str) -> None:
    assert stub in {*STUBS, *BROKEN}
    row = measures.stubbed(MADE[1], stub)
    assert (row["violations"], row["untrue"], row["markup"]) == (0, 0, 0)


@pytest.mark.parametrize("change", CHANGES)
def test_a_harmless_change_moves_nothing(change: str) -> None:
    assert [measures.changed(made, change) for made in MADE] == [{"flips": 0, "drift": 0.0}] * len(MADE)


def test_the_guard_is_measured_on_files_and_on_texts() -> None:
    rows = measures.guarded(MADE[2])
    assert {row["attack"] for row in rows} == {"", *PAYLOADS}
    assert {kind: len(measures.scanned_texts(kind)) for kind in TEXTS} == {
        k: len(v) for k, v in TEXTS.items()
    }


def test_every_trick_speaks_of_a_criterion() -> None:
    assert all(tried(one["name"])["criterion"] in KINDS for one in tricks())

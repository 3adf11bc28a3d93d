"""Ledger entries say what they must and nothing that could be guessed."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.instant import parse_utc, utc_text
from jobtwin.core.ledger import ledger_entry, mark_facts, score_text

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


def entry(**changes: object) -> bytes:
    values: dict[str, object] = {
        "ledger": "a1", "seq": 0, "at": AT, "kind": "seal", "attempt": "x", "salt": bytes(16), "facts": {}
    }  # fmt: skip
    return ledger_entry(**(values | changes))  # type: ignore[arg-type]  # built from plain values


def test_an_entry_is_canonical_json_with_its_time_in_fixed_width() -> None:
    line = entry()
    assert json.loads(line)["at"] == "2026-11-01T09:00:00.000000Z"
    assert line == json.dumps(json.loads(line), sort_keys=True, separators=(",", ":")).encode()


def test_the_same_comment_with_another_salt_has_another_hash() -> None:
    one = mark_facts(brief="b", commit="c", scores={}, comments={"d": "fine"}, salt=bytes(16))
    two = mark_facts(brief="b", commit="c", scores={}, comments={"d": "fine"}, salt=bytes([1] * 16))
    assert one["comments"] != two["comments"]
    assert "fine" not in str(one)


@pytest.mark.parametrize(
    "change",
    [{"kind": "gossip"}, {"salt": b"short"}, {"facts": {"seq": 9}}, {"at": datetime(2026, 1, 1)}],  # noqa: DTZ001  the naive time is the point
)
def test_a_wrong_entry_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"kind|salt|reserved|zone"):
        entry(**change)


@given(st.integers(0, 40).map(lambda step: Decimal(step) * Decimal("0.025")))
def test_scores_read_back_from_their_text(score: Decimal) -> None:
    text = score_text(score)
    assert Decimal(text) == score
    assert len(text.partition(".")[2]) >= 2


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_read_back_from_their_text(moment: datetime) -> None:
    if moment.year >= 1000:
        assert parse_utc(utc_text(moment)) == moment
        assert len(utc_text(moment)) == 27

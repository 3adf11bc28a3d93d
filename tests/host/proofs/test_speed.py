"""How long proofs take, in CPU time, with room for a slow machine."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.host


def mean(step: Callable[[], object], count: int = 50) -> float:
    """Seconds of CPU, after one run to warm up."""
    step()
    started = time.process_time()
    for _ in range(count):
        step()
    return (time.process_time() - started) / count


def test_a_credential_is_verified_in_under_100_ms() -> None:
    from tests.proofs.exam import issued, verify

    assert mean(lambda: verify(issued().document)) < 0.1
    assert mean(lambda: verify(issued().token)) < 0.1


def test_a_credential_is_issued_in_under_60_ms() -> None:
    from tests.proofs.exam import HOUSE, claims

    assert mean(lambda: HOUSE.issue(claims())) < 0.06


def test_100000_entries_are_verified_in_under_6_s(tmp_path: Path) -> None:
    from tests.proofs.book import ENTRIES, export, verify

    one = json.loads(ENTRIES[0])
    entries = [
        json.dumps({**one, "note": "", "seq": seq}, sort_keys=True, separators=(",", ":")).encode()
        for seq in range(100_000)
    ]
    folder = export(tmp_path, entries)
    started = time.process_time()

    assert verify(folder).entries == 100_000
    assert time.process_time() - started < 6


def test_an_append_and_a_proof_take_under_a_millisecond() -> None:
    from jobtwin.proofs import merkle

    store = merkle.MemoryNodes()
    started = time.process_time()
    for size in range(20_000):
        store.add(merkle.append(store, size, b"%d" % size))
    assert (time.process_time() - started) / 20_000 < 0.001
    assert mean(lambda: merkle.inclusion_proof(store, 12_345, 19_999)) < 0.001

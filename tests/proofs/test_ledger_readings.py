"""Ledger exports: kept checkpoints, faulty entries that somebody signed, and what can be read at all."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.canonical import canonical_json
from jobtwin.core.errors import BadDocument, BadInput
from jobtwin.core.ledger import ENTRY_LIMIT, ledger_entry
from jobtwin.proofs.ledger import verify_ledger
from jobtwin.proofs.ledger_entry import EntryReader
from jobtwin.proofs.ledger_files import LedgerLimits
from jobtwin.proofs.note import VerifierKey
from tests.proofs.book import (
    ENTRIES,
    KEYS,
    NOTES,
    ORIGIN,
    OTHER,
    SEEN_BY,
    SIGNERS,
    entry,
    export,
    honest,
    note,
    verify,
)
from tests.proofs.exam import NOW

BY_LOG = [SIGNERS[0]]
E, C, K = "entries.jsonl", "checkpoints.txt", "keys.json"


# -- what was kept


def test_a_kept_checkpoint_that_fits_is_confirmed(tmp_path: Path) -> None:
    folder = honest(tmp_path)

    for kept in NOTES:
        report = verify(folder, kept)
        assert report.valid
        assert report.kept


def test_a_kept_checkpoint_shows_a_rewritten_history(tmp_path: Path) -> None:
    rewritten = [ENTRIES[0], ENTRIES[1].replace(b'"0.15"', b'"0.95"'), *ENTRIES[2:]]
    folder = export(tmp_path, rewritten)

    assert verify(folder).valid
    assert verify(folder, NOTES[0]).valid
    assert verify(folder, NOTES[1]).code == "KEPT_MISMATCH"
    assert verify(folder, NOTES[2]).code == "KEPT_MISMATCH"


def test_a_kept_checkpoint_shows_a_history_cut_short(tmp_path: Path) -> None:
    folder = export(tmp_path, ENTRIES[:3], NOTES[:2])

    assert verify(folder).valid
    assert verify(folder, NOTES[2]).code == "KEPT_MISMATCH"


def test_a_kept_checkpoint_shows_exchanged_keys(tmp_path: Path) -> None:
    strangers = [(ORIGIN, OTHER), (SEEN_BY, OTHER)]
    vkeys = (VerifierKey(ORIGIN, OTHER.public_bytes), VerifierKey(SEEN_BY, OTHER.public_bytes))
    folder = export(tmp_path, ENTRIES, [note(ENTRIES, 6, signers=strangers)], vkeys=vkeys)

    assert verify(folder).valid
    assert verify(folder, NOTES[2]).code == "KEPT_SIGNER"
    assert verify(folder, note(ENTRIES, 6, "other")).code == "KEPT_ORIGIN"


def test_a_kept_checkpoint_without_its_witness_still_counts(tmp_path: Path) -> None:
    assert verify(honest(tmp_path), note(ENTRIES, 3, signers=BY_LOG)).valid


def test_a_kept_text_that_is_no_checkpoint_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    for kept in ("", "x", NOTES[0][:-1], NOTES[0].replace("\n1\n", "\none\n")):
        with pytest.raises(BadDocument):
            verify(honest(tmp_path), kept)


def test_an_older_checkpoint_left_out_changes_nothing_and_a_kept_one_still_fits(tmp_path: Path) -> None:
    folder = export(tmp_path, notes=NOTES[1:])

    assert verify(folder).valid
    assert verify(folder, NOTES[0]).valid


# -- entries that were signed, and should not have been


FAULTY: list[tuple[str, dict[str, Any], str]] = [
    ("another ledger", {"ledger": "mentor-2"}, "WRONG_LEDGER"),
    ("a ledger that is no text", {"ledger": 1}, "WRONG_LEDGER"),
    ("another version", {"v": 2}, "BAD_ENTRY"),
    ("a version as truth", {"v": True}, "BAD_ENTRY"),
    ("a version as text", {"v": "1"}, "BAD_ENTRY"),
    ("a gap", {"seq": 4}, "BAD_SEQUENCE"),
    ("under nothing", {"seq": -1}, "BAD_SEQUENCE"),
    ("a number as text", {"seq": "3"}, "BAD_ENTRY"),
    ("a time before the one above", {"at": "2026-11-23T12:01:59.999999Z"}, "TIME_BACKWARDS"),
    ("a time without its fraction", {"at": "2026-11-23T12:03:00Z"}, "BAD_TIME"),
    ("a time in another zone", {"at": "2026-11-23T12:03:00.000000+00:00"}, "BAD_TIME"),
    ("a time with a small letter", {"at": "2026-11-23t12:03:00.000000z"}, "BAD_TIME"),
    ("a time with other digits", {"at": "２026-11-23T12:03:00.000000Z"}, "BAD_TIME"),
    ("a day that is none", {"at": "2026-02-30T12:03:00.000000Z"}, "BAD_TIME"),
    ("a leap second", {"at": "2026-12-31T23:59:60.000000Z"}, "BAD_TIME"),
    ("a newline behind the time", {"at": "2026-11-23T12:03:00.000000Z\n"}, "BAD_TIME"),
    ("a number for a time", {"at": 1}, "BAD_TIME"),
    ("a kind with spaces", {"kind": "a seal"}, "BAD_ENTRY"),
    ("an attempt with spaces", {"attempt": "a b"}, "BAD_ENTRY"),
    ("no salt worth the name", {"salt": "00"}, "BAD_ENTRY"),
    ("a salt in capitals", {"salt": "AB" * 16}, "BAD_ENTRY"),
    *(
        (f"no {key}", {key: None}, "BAD_ENTRY")
        for key in ("v", "ledger", "seq", "at", "kind", "attempt", "salt")
    ),
]


@pytest.mark.parametrize(("changes", "code"), [pytest.param(*case[1:], id=case[0]) for case in FAULTY])
def test_signatures_do_not_excuse_a_faulty_entry(changes: dict[str, Any], code: str, tmp_path: Path) -> None:
    entries = [*ENTRIES[:3], canonical_json(entry(3, **changes)), *ENTRIES[4:]]

    assert verify(export(tmp_path, entries)).code == code


def test_two_entries_of_one_instant_are_in_order(tmp_path: Path) -> None:
    same = [canonical_json(entry(seq, at="2026-11-23T12:00:00.000000Z")) for seq in range(3)]

    assert verify(export(tmp_path, same)).valid


def test_scores_that_are_no_text_are_refused(tmp_path: Path) -> None:
    lines = [ENTRIES[0].replace(b'"0.70"', b"0.7")]

    assert verify(export(tmp_path, lines)).code == "NOT_CANONICAL"


PLAIN = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8)
NAMES = st.text("abü😀\ue000", max_size=3)
FACTS = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(facts=st.dictionaries(st.text("xyzü😀\uffff", min_size=1, max_size=4), FACTS, max_size=4))
def test_whatever_is_written_is_read(facts: dict[str, object]) -> None:
    line = written(facts=facts)

    EntryReader("mentor-1").read(line)
    assert json.loads(line)["seq"] == 0


def written(**changes: Any) -> bytes:
    """One entry as the platform writes it."""
    place: dict[str, Any] = {"ledger": "mentor-1", "seq": 0, "at": NOW}
    act: dict[str, Any] = {"kind": "seal", "attempt": "a", "salt": bytes(16), "facts": {}}
    return ledger_entry(**(place | act | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"facts": {"score": 0.7}},
        {"facts": {"scores": {"polish": [1, {"deep": 0.7}]}}},
        {"facts": {"text": "x" * ENTRY_LIMIT}},
        {"facts": {"big": 2**53}},
        {"facts": {"half": "\ud800"}},
        {"facts": {"seq": 7}},
        {"seq": -1},
        {"ledger": ""},
        {"attempt": ""},
        {"attempt": "a b"},
        {"kind": "praise"},
        {"salt": b"short"},
        {"at": NOW.replace(tzinfo=None)},
    ],
)
def test_what_would_not_be_read_is_never_written(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"an? |unknown|reserved|no canonical"):
        written(**changes)


# -- what can and what cannot be read


def test_an_empty_ledger_is_valid_where_somebody_signed_that_it_is_empty(tmp_path: Path) -> None:
    assert verify(export(tmp_path / "signed", [], [note([], 0)])).valid
    assert verify(export(tmp_path / "unsigned", [], [])).code == "NO_CHECKPOINT"


def test_a_daily_checkpoint_over_the_same_entries_stands_once(tmp_path: Path) -> None:
    report = verify(export(tmp_path, notes=[*NOTES, NOTES[-1], NOTES[-1]]))

    assert report.valid
    assert report.checkpoints == 3


def test_a_rotated_key_of_one_name_counts(tmp_path: Path) -> None:
    vkeys = (*KEYS.vkeys, VerifierKey(ORIGIN, OTHER.public_bytes))
    later = note(ENTRIES, 6, signers=[(ORIGIN, OTHER), SIGNERS[1]])

    assert verify(export(tmp_path, notes=[*NOTES, later], vkeys=vkeys)).valid


def test_other_files_are_named_and_not_read(tmp_path: Path) -> None:
    folder = honest(tmp_path)
    (folder / "README").write_text("x")

    assert verify(folder).valid
    assert verify(folder).unread == ("README",)


@pytest.mark.parametrize("name", [E, C, K])
def test_a_missing_file_is_a_mistake_of_the_caller(name: str, tmp_path: Path) -> None:
    folder = honest(tmp_path)
    (folder / name).unlink()

    with pytest.raises(BadInput, match="cannot be read"):
        verify(folder)


def test_links_pipes_and_folders_are_not_read(tmp_path: Path) -> None:
    folder = honest(tmp_path / "export")
    (folder / E).rename(tmp_path / "elsewhere")
    (folder / E).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="cannot be read"):
        verify(folder)
    for make in (os.mkfifo, os.mkdir):
        (folder / E).unlink()
        make(folder / E)
        with pytest.raises(BadInput, match="not a plain file"):
            verify(folder)
    with pytest.raises(BadInput, match="cannot be read"):
        verify(tmp_path / "nowhere")
    with pytest.raises(BadInput):
        verify(tmp_path / "elsewhere")


def test_the_limits_are_settings(tmp_path: Path) -> None:
    folder = honest(tmp_path)

    assert verify_ledger(folder, limits=LedgerLimits(entries=5)).code == "TOO_MANY"
    assert verify_ledger(folder, limits=LedgerLimits(checkpoints=2)).code == "TOO_MANY"
    assert verify_ledger(folder, limits=LedgerLimits(entry_bytes=50)).code == "LINE_TOO_LONG"


def test_an_export_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")

    with pytest.raises(BadInput, match="cannot be written"):
        honest(tmp_path / "taken")
    with pytest.raises(BadInput, match="newline"):
        export(tmp_path / "new", [b"a\nb"])

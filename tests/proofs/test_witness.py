"""The second signature: a witness signs what continues, and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.errors import BadDocument
from jobtwin.proofs import merkle
from jobtwin.proofs.checkpoint import verify_checkpoint
from jobtwin.proofs.note import VerifierKey
from jobtwin.proofs.witness import (
    Answer,
    Ask,
    Seen,
    accepted_signature,
    parse_answer,
    parse_requests,
    parse_seen,
    requests_json,
    seen_json,
    sign_requests,
)
from tests.proofs.book import ENTRIES, LOG, ORIGIN, OTHER, SEEN_BY, WITNESS, note

LOG_KEYS = (VerifierKey(ORIGIN, LOG.public_bytes),)
WITNESS_KEYS = (VerifierKey(SEEN_BY, WITNESS.public_bytes),)
BY_LOG = [(ORIGIN, LOG)]


def ask(entries: list[bytes], size: int, old: int = 0, signers: object = None) -> Ask:
    """A request for the first `size` entries, with the proof from `old`."""
    store = merkle.MemoryNodes()
    for at, entry in enumerate(entries):
        store.add(merkle.append(store, at, entry))
    path = merkle.consistency_proof(store, old, size) if 0 < old < size else []
    return Ask(note(entries, size, signers=signers or BY_LOG), old, tuple(path))


def signed(asks: list[Ask], seen: Seen | None = None) -> Answer:
    return sign_requests(asks, seen or {}, log_keys=LOG_KEYS, name=SEEN_BY, signer=WITNESS)


def test_what_a_witness_signs_completes_the_checkpoint() -> None:
    mine = ask(ENTRIES, 3)
    answer = parse_answer(json.dumps(signed([mine]).as_json()))
    line = accepted_signature(mine.note, answer.signed[0], WITNESS_KEYS)
    keys = (*LOG_KEYS, *WITNESS_KEYS)
    assert verify_checkpoint(mine.note + line, keys, origin=ORIGIN, require=[ORIGIN, SEEN_BY]).size == 3


@given(st.integers(1, 6), st.integers(1, 6))
def test_a_larger_tree_is_signed_with_its_proof_and_a_smaller_one_never(first: int, second: int) -> None:
    seen = signed([ask(ENTRIES, first)]).seen
    answer = signed([ask(ENTRIES, second, first)], seen)
    assert bool(answer.signed) == (second >= first)
    if second < first:
        assert answer.refused[0].code == "SIZE_DECREASES"
        assert answer.refused[0].seen == first


REWRITTEN = [ENTRIES[0], ENTRIES[1].replace(b'"0.15"', b'"0.95"'), *ENTRIES[2:]]


@pytest.mark.parametrize(
    ("another", "code"),
    [
        (ask(REWRITTEN, 6, 3), "INCONSISTENT"),
        (ask(REWRITTEN, 3), "TWO_ROOTS"),
        (Ask(ask(ENTRIES, 6).note, 3), "INCONSISTENT"),
        (ask(ENTRIES, 6, 2), "OTHER_START"),
        (ask(ENTRIES, 6, 0), "OTHER_START"),
        (ask(ENTRIES, 6, 3, signers=[(ORIGIN, OTHER)]), "UNKNOWN_SIGNER"),
        (ask(ENTRIES, 6, 3, signers=[("somebody", OTHER)]), "MISSING_SIGNATURE"),
        (Ask("no note at all"), "BAD_NOTE"),
    ],
)
def test_a_witness_refuses_another_history(another: Ask, code: str) -> None:
    seen = signed([ask(ENTRIES, 3)]).seen
    answer = signed([another], seen)
    assert not answer.signed
    assert answer.refused[0].code == code
    assert answer.seen == seen, "a refusal changes nothing that is remembered"


def test_the_same_tree_is_signed_again_where_an_answer_was_lost() -> None:
    first = signed([ask(ENTRIES, 3)])
    assert signed([ask(ENTRIES, 3)], first.seen).signed == first.signed


def test_one_refusal_holds_nobody_else_up() -> None:
    answer = signed([Ask("no note"), ask(ENTRIES, 2)])
    assert (len(answer.signed), len(answer.refused)) == (1, 1)


def test_a_forged_answer_is_not_taken() -> None:
    mine = ask(ENTRIES, 3)
    forged = sign_requests([mine], {}, log_keys=LOG_KEYS, name=SEEN_BY, signer=OTHER)
    for other, code in (
        (forged.signed[0], "UNKNOWN_SIGNER"),
        (signed([ask(ENTRIES, 2)]).signed[0], "WRONG_ORIGIN"),
        (mine.note + signed([mine]).signed[0].split("\n\n")[1], "BAD_NOTE"),
    ):
        with pytest.raises(BadDocument) as refused:
            accepted_signature(mine.note, other, WITNESS_KEYS)
        assert refused.value.code == code


def test_files_are_read_as_they_were_written() -> None:
    asks = (ask(ENTRIES, 6, 3), ask(ENTRIES, 2))
    assert parse_requests(requests_json(asks)) == asks
    seen = signed(list(asks)).seen
    assert parse_seen(seen_json(seen)) == seen


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"v":2}', '{"v":1,"requests":[{}]}', '{"v":1,"seen":{"a":{"size":-1}}}', "[" * 9_999],
)
def test_other_files_are_refused(text: str) -> None:
    for read in (parse_requests, parse_answer, parse_seen):
        with pytest.raises(BadDocument):
            read(text)

"""Transcripts: each credential verified by itself, nothing added to the presentation unnoticed."""

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.credential import document_bytes
from jobtwin.proofs.transcript import (
    MOST,
    build_transcript,
    is_transcript,
    split_transcript,
    verify_transcript,
)
from tests.proofs.exam import HOUSE, NOW, claims, current_list, issued
from tests.proofs.forge import VALUE, changed, put
from tests.proofs.test_hostile_documents import last_key_twice


def outcomes(*documents: Mapping[str, Any]) -> list[str]:
    data, did = document_bytes(build_transcript(documents)), document_bytes(HOUSE.did())
    return [one.code for one in verify_transcript(data, did=did, status_list=current_list(), now=NOW)]


def test_every_credential_is_verified_by_itself() -> None:
    second = HOUSE.issue(claims(credential_id="https://exam.example/credentials/2", status_index=9)).document
    assert outcomes(issued().document, second, changed(put(VALUE, "0.95"))) == ["", "REVOKED", "SIGNATURE"]


def test_only_a_presentation_is_taken_for_one() -> None:
    assert is_transcript(document_bytes(build_transcript([issued().document])))
    for data in (document_bytes(issued().document), issued().token.encode(), b"", b"{", b"[" * 99_999, b"{}"):
        assert not is_transcript(data)


@pytest.mark.parametrize(
    "change",
    [
        put("holder", "urn:x:y"),
        put("type", ["VerifiablePresentation", "Diploma"]),
        put("@context", []),
        put("verifiableCredential", []),
        put("verifiableCredential", ["a.b.c"]),
        put("verifiableCredential", [{}] * (MOST + 1)),
    ],
)
def test_whatever_else_it_says_is_refused(change: Any) -> None:
    document = json.loads(document_bytes(build_transcript([issued().document])))
    change(document)
    with pytest.raises(BadDocument):
        split_transcript(document_bytes(document))


def test_a_key_that_stands_twice_among_many_is_found_in_their_own_time() -> None:
    hostile = b'{"type":["VerifiablePresentation"],' + last_key_twice(200_000)[1:]
    assert is_transcript(hostile)
    started = time.process_time()
    with pytest.raises(BadDocument) as refused:
        split_transcript(hostile)
    assert refused.value.code == "DUPLICATE_KEY"
    assert time.process_time() - started < 30  # comparing each with every other takes minutes


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_a_transcript_holds_some_and_not_too_many(count: int) -> None:
    with pytest.raises(ValueError, match="1 to"):
        build_transcript([{}] * count)

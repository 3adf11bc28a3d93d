"""Bytes made to exhaust or to confuse a reader: refused with a code, in bounded time and memory."""

import json
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobtwin.core.errors import BadDocument
from jobtwin.proofs import rdf
from jobtwin.proofs.contexts import CREDENTIAL_CONTEXTS
from jobtwin.proofs.verification import CODES
from tests.proofs.exam import HOUSE, issued, verify
from tests.proofs.forge import changed, resigned, token, unsigned

HONEST = json.dumps(issued().document)


def poison(nodes: int) -> list[dict[str, Any]]:
    """Evidence that refers to evidence, all alike: canonicalization would try every permutation."""
    return [
        {
            "id": f"_:b{one}",
            "type": ["Evidence"],
            "evidence": [{"id": f"_:b{other}"} for other in range(nodes) if other != one],
        }
        for one in range(nodes)
    ]


def alike(nodes: int) -> list[dict[str, Any]]:
    """Nameless nodes that nothing tells apart."""
    return [{"type": ["Alignment"], "targetName": "x"} for _ in range(nodes)]


def last_key_twice(keys: int) -> bytes:
    """An object in which only the last of many keys stands twice: comparing all pairs takes too long."""
    members = ",".join(f'"a{one}":0' for one in range(keys))
    return f'{{{members},"z":0,"z":0}}'.encode()


HOSTILE = [
    ("nothing", b"", "MALFORMED"),
    ("white space", b" \n ", "MALFORMED"),
    ("a list", b"[]", "MALFORMED"),
    ("a text", b'"x"', "MALFORMED"),
    ("no UTF-8", b'{"a": "\xff"}', "MALFORMED"),
    ("UTF-16", HONEST.encode("utf-16"), "MALFORMED"),
    ("a byte order mark", b"\xef\xbb\xbf" + HONEST.encode(), "MALFORMED"),
    ("cut short", HONEST.encode()[:-20], "MALFORMED"),
    ("a second document behind it", HONEST.encode() + HONEST.encode(), "MALFORMED"),
    ("a zero byte behind it", HONEST.encode() + b"\0", "MALFORMED"),
    ("a comment", b"/* x */" + HONEST.encode(), "MALFORMED"),
    ("half a character", HONEST.replace("Exam house", "\\ud800").encode(), "MALFORMED"),
    ("NaN", HONEST.replace('"0.85"', "NaN").encode(), "MALFORMED"),
    ("Infinity", HONEST.replace('"0.85"', "Infinity").encode(), "MALFORMED"),
    ("a fraction", HONEST.replace('"0.85"', "0.85").encode(), "MALFORMED"),
    ("an endless number", HONEST.replace('"0.85"', "9" * 50_000).encode(), "MALFORMED"),
    ("a key twice", HONEST.replace('"name":', '"name": "x", "name":', 1).encode(), "DUPLICATE_KEY"),
    (
        "a key twice, once escaped",
        HONEST.replace('"name":', '"n\\u0061me": "x", "name":', 1).encode(),
        "DUPLICATE_KEY",
    ),
    (
        "a key twice, deep inside",
        HONEST.replace('"value":', '"value": "1.00", "value":', 1).encode(),
        "DUPLICATE_KEY",
    ),
    ("the proof twice", HONEST.replace('"proof":', '"proof": [], "proof":', 1).encode(), "DUPLICATE_KEY"),
    ("nested 17 deep", b'{"a":' * 17 + b"{}" + b"}" * 17, "TOO_DEEP"),
    ("nested 100,000 deep", b'{"a":' * 40_000 + b"1" + b"}" * 40_000, "TOO_DEEP"),
    ("lists 200,000 deep", b'{"a":' + b"[" * 200_000, "TOO_DEEP"),
    ("too large", b'{"a":"' + b"x" * 300_000 + b'"}', "TOO_LARGE"),
    ("far too large", b"x" * 50_000_000, "TOO_LARGE"),
    ("a poison graph", json.dumps(changed(lambda d: d.update(evidence=poison(12)))).encode(), "MALFORMED"),
    (
        "a poison ring in one evidence",
        json.dumps(changed(lambda d: d["evidence"][0].update(evidence=poison(12)))).encode(),
        "UNDEFINED_TERM",
    ),
    (
        "a hundred nodes alike",
        json.dumps(
            changed(
                lambda d: d["credentialSubject"]["achievement"]["resultDescription"][1].update(
                    alignment=alike(100)
                )
            )
        ).encode(),
        "MALFORMED",
    ),
    (
        "a thousand results alike",
        json.dumps(
            changed(lambda d: d["credentialSubject"].update(result=d["credentialSubject"]["result"] * 334))
        ).encode(),
        "MALFORMED",
    ),
    (
        "a private address as context",
        json.dumps(changed(lambda d: d["@context"].append("http://127.0.0.1/c.json"))).encode(),
        "BAD_CONTEXT",
    ),
    ("a number as context", json.dumps(changed(lambda d: d.update({"@context": 7}))).encode(), "BAD_CONTEXT"),
]


@pytest.mark.parametrize(("data", "code"), [pytest.param(*case[1:], id=case[0]) for case in HOSTILE])
def test_hostile_bytes_are_refused_at_once(data: bytes, code: str) -> None:
    verify(issued().document)
    started = time.process_time()
    tracemalloc.start()

    outcome = verify(data)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert outcome.code == code
    assert outcome.summary is None
    assert time.process_time() - started < 2
    assert peak < 64_000_000


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200) | st.text(alphabet='{}[]":,\\ue01nft.-', max_size=60).map(str.encode))
def test_no_bytes_raise(data: bytes) -> None:
    assert verify(data).code in CODES


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_single_byte_of_the_token_is_noticed(data: st.DataObject) -> None:
    text = issued().token.encode()
    at = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.integers(0, 255))
    if text[at] == byte:
        return

    assert verify(text[:at] + bytes([byte]) + text[at + 1 :]).code in CODES


def test_a_document_is_read_in_its_own_time_however_it_is_shaped() -> None:
    def many(document: dict[str, Any]) -> None:
        subject = document["credentialSubject"]
        described, result = subject["achievement"]["resultDescription"][1], subject["result"][1]
        subject["achievement"]["resultDescription"] = [
            {**described, "id": f"https://exam.example/r{one:03}"} for one in range(100)
        ]
        subject["result"] = [
            {**result, "resultDescription": f"https://exam.example/r{one:03}"} for one in range(100)
        ]

    largest = resigned(many)
    started = time.process_time()

    outcome = verify(largest)

    assert outcome.valid
    assert time.process_time() - started < 2


def test_statements_that_the_json_does_not_make_are_counted() -> None:
    document = unsigned() | {"undefined": "a word that no statement holds"}

    with pytest.raises(BadDocument, match="statements") as refused:
        rdf.statements(document)

    assert refused.value.code == "UNDEFINED_TERM"


def test_two_values_that_make_one_statement_are_counted() -> None:
    document = unsigned() | {"type": ["VerifiableCredential", "OpenBadgeCredential", "OpenBadgeCredential"]}

    with pytest.raises(BadDocument, match="statements"):
        rdf.statements(document)


def test_a_document_that_its_contexts_would_spell_otherwise_is_never_signed() -> None:
    document = unsigned()
    document["https://schema.org/name"] = document.pop("name")

    with pytest.raises(BadDocument, match="spelled"):
        rdf.require_compact(document)


def test_a_context_that_is_not_pinned_is_not_fetched() -> None:
    with pytest.raises(BadDocument) as refused:
        rdf.statements({"@context": "https://exam.example/context.json", "id": "urn:x:y"})

    assert refused.value.code == "BAD_CONTEXT"


def test_what_pyld_chokes_on_is_no_exception_of_another_kind() -> None:
    with pytest.raises(BadDocument) as refused:
        rdf.statements({"@context": list(CREDENTIAL_CONTEXTS), "type": {"@id": 7}})

    assert refused.value.code == "MALFORMED"


def test_an_endless_token_is_not_taken_apart() -> None:
    assert verify(b"a." * 200_000 + b"a").code == "TOO_LARGE"


def test_a_bomb_inside_a_token_is_refused_after_its_signature() -> None:
    header = {"alg": "ES256", "kid": f"{HOUSE.profile.did}#{HOUSE.p256.key_id}", "typ": "JWT"}
    bomb = token(header, b'{"a":' * 20_000 + b"1" + b"}" * 20_000, HOUSE.p256.sign)

    outcome = verify(bomb)

    assert outcome.code == "TOO_DEEP"
    assert [check.name for check in outcome.checks] == ["form", "key", "signature", "payload"]

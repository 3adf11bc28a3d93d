"""Signed notes and checkpoints: one spelling, every signature judged, a published key read."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.checkpoint import (
    Checkpoint,
    cosign_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from jobtwin.proofs.key import KeyKind, SigningKey
from jobtwin.proofs.note import VerifierKey, parse_note, sign_note, verify_note
from tests.proofs.exam import seeded

LOG = SigningKey.generate(KeyKind.ED25519, seeded("log"))
WITNESS = SigningKey.generate(KeyKind.ED25519, seeded("witness"))
ORIGIN = "exam.example/ledgers/1"
KEYS = (VerifierKey(ORIGIN, LOG.public_bytes), VerifierKey("witness.example", WITNESS.public_bytes))
REQUIRE = (ORIGIN, "witness.example")
CHECKPOINT = Checkpoint(ORIGIN, 7, b"r" * 32)
NOTE = sign_checkpoint(CHECKPOINT, [(ORIGIN, LOG), ("witness.example", WITNESS)])
WITNESSED = NOTE.split("\n")[-2]
ELSEWHERE = sign_checkpoint(Checkpoint(ORIGIN, 8, b"r" * 32), [("witness.example", WITNESS)]).split("\n")[-2]
ROOT = CHECKPOINT.text().split("\n")[2]


def verify(note: str) -> Checkpoint:
    return verify_checkpoint(note, KEYS, origin=ORIGIN, require=REQUIRE)


def signed(text: str) -> str:
    return sign_note(text, [(ORIGIN, LOG), ("witness.example", WITNESS)])


def test_a_published_key_is_read_with_its_hash() -> None:
    text = (
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"  # of the Go package sumdb/note
    )

    assert str(VerifierKey.parse(text)) == text


def test_a_checkpoint_is_read_as_it_was_written() -> None:
    assert verify(NOTE) == CHECKPOINT
    assert parse_checkpoint(CHECKPOINT.text()) == CHECKPOINT
    assert NOTE.startswith(f"{ORIGIN}\n7\n{ROOT}\n\n— {ORIGIN} ")


def test_a_witness_adds_its_signature_to_what_it_saw() -> None:
    alone = sign_checkpoint(CHECKPOINT, [(ORIGIN, LOG)])

    assert cosign_checkpoint(alone, "witness.example", WITNESS) == NOTE
    with pytest.raises(BadDocument):
        cosign_checkpoint(sign_note("no checkpoint\n", [(ORIGIN, LOG)]), "witness.example", WITNESS)


FORGED: list[tuple[str, Callable[[], str], str]] = [
    ("another size", lambda: NOTE.replace("\n7\n", "\n8\n"), "BAD_SIGNATURE"),
    ("another root", lambda: NOTE.replace(ROOT, "A" * 43 + "="), "BAD_SIGNATURE"),
    ("another origin", lambda: signed(f"other\n7\n{ROOT}\n"), "WRONG_ORIGIN"),
    ("no witness", lambda: sign_checkpoint(CHECKPOINT, [(ORIGIN, LOG)]), "MISSING_SIGNATURE"),
    ("no log", lambda: sign_checkpoint(CHECKPOINT, [("witness.example", WITNESS)]), "MISSING_SIGNATURE"),
    ("a signature twice", lambda: NOTE + NOTE.split("\n")[-2] + "\n", "REPEATED_SIGNATURE"),
    ("an unknown name", lambda: NOTE.replace("— witness.example", "— another.example"), "UNKNOWN_SIGNER"),
    ("an unknown key of a known name", lambda: sign_checkpoint(
        CHECKPOINT, [(ORIGIN, LOG), ("witness.example", LOG)]), "UNKNOWN_SIGNER"),
    ("a third signer", lambda: NOTE + "— third.example " + NOTE.split("\n")[-2].split(" ")[2] + "\n",
        "UNKNOWN_SIGNER"),
    ("the witness's signature of another one", lambda: NOTE.replace(WITNESSED, ELSEWHERE), "BAD_SIGNATURE"),
    ("no signatures", lambda: CHECKPOINT.text() + "\n", "BAD_NOTE"),
    ("no empty line", lambda: NOTE.replace("\n\n", "\n"), "BAD_NOTE"),
    ("no final newline", lambda: NOTE[:-1], "BAD_NOTE"),
    ("a newline more", lambda: NOTE + "\n", "BAD_NOTE"),
    ("a newline before it", lambda: "\n" + NOTE, "BAD_NOTE"),
    ("carriage returns", lambda: NOTE.replace("\n", "\r\n"), "BAD_NOTE"),
    ("a tab", lambda: NOTE.replace("— ", "—\t"), "BAD_NOTE"),
    ("a hyphen for the dash", lambda: NOTE.replace("— ", "- "), "BAD_NOTE"),
    ("two spaces", lambda: NOTE.replace("— ", "—  "), "BAD_NOTE"),
    ("a word behind a signature", lambda: NOTE[:-1] + " x\n", "BAD_NOTE"),
    ("a signature without padding", lambda: NOTE.replace("=\n", "\n"), "BAD_NOTE"),
    ("a byte order mark", lambda: "\ufeff" + NOTE, "WRONG_ORIGIN"),
    ("far too long", lambda: "x\n" * 10_000 + NOTE, "BAD_NOTE"),
    ("a size with a zero before it", lambda: signed(f"{ORIGIN}\n07\n{ROOT}\n"), "BAD_CHECKPOINT"),
    ("a size with a sign", lambda: signed(f"{ORIGIN}\n+7\n{ROOT}\n"), "BAD_CHECKPOINT"),
    ("a size under nothing", lambda: signed(f"{ORIGIN}\n-7\n{ROOT}\n"), "BAD_CHECKPOINT"),
    ("a size of other digits", lambda: signed(f"{ORIGIN}\n\u0667\n{ROOT}\n"), "BAD_CHECKPOINT"),
    ("a size beyond counting", lambda: signed(f"{ORIGIN}\n9999999999999999\n{ROOT}\n"), "BAD_CHECKPOINT"),
    ("a root without padding", lambda: signed(f"{ORIGIN}\n7\n{ROOT[:-1]}\n"), "BAD_CHECKPOINT"),
    ("a root of the other alphabet", lambda: signed(f"{ORIGIN}\n7\n{'-' * 43}=\n"), "BAD_CHECKPOINT"),
    ("a root with loose bits", lambda: signed(f"{ORIGIN}\n7\n{'A' * 42}B=\n"), "BAD_CHECKPOINT"),
    ("a short root", lambda: signed(f"{ORIGIN}\n7\nAAAA\n"), "BAD_CHECKPOINT"),
    ("an extension line", lambda: signed(f"{ORIGIN}\n7\n{ROOT}\nextension\n"), "BAD_CHECKPOINT"),
    ("a line less", lambda: signed(f"{ORIGIN}\n7\n"), "BAD_CHECKPOINT"),
]  # fmt: skip


@pytest.mark.parametrize(("forge", "code"), [pytest.param(*case[1:], id=case[0]) for case in FORGED])
def test_a_forged_checkpoint_is_refused_with_its_code(forge: Callable[[], str], code: str) -> None:
    with pytest.raises(BadDocument) as refused:
        verify(forge())

    assert refused.value.code == code


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(NOTE) - 1), st.characters(codec="utf-8"), st.sampled_from(["put", "add", "drop"]))
def test_any_changed_letter_of_a_note_is_noticed(at: int, letter: str, how: str) -> None:
    forged = {
        "put": NOTE[:at] + letter + NOTE[at + 1 :],
        "add": NOTE[:at] + letter + NOTE[at:],
        "drop": NOTE[:at] + NOTE[at + 1 :],
    }[how]
    if forged == NOTE:
        return

    with pytest.raises(BadDocument):
        verify(forged)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a+b+c",
        "a+00000000+AAAA",
        str(KEYS[0]) + "=",
        str(KEYS[0]).replace(ORIGIN, "x"),
        "a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ABpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+not base64",
    ],
)
def test_a_verifier_key_has_one_spelling(text: str) -> None:
    with pytest.raises(BadDocument) as refused:
        VerifierKey.parse(text)

    assert refused.value.code == "BAD_VKEY"


def test_what_no_note_can_hold_is_not_signed() -> None:
    for text, name in (
        ("no newline", "a"),
        ("tab\t\n", "a"),
        ("\n", "a"),
        ("a\n", "a b"),
        ("a\n", "a+b"),
        ("a\n", ""),
    ):
        with pytest.raises(ValueError, match=r"note|name"):
            sign_note(text, [(name, LOG)])
    with pytest.raises(ValueError, match="signed"):
        sign_note("a\n", [])
    for origin, size in (("", 1), ("a\nb", 1), ("a", -1)):
        with pytest.raises(ValueError, match=r"origin|size"):
            sign_checkpoint(Checkpoint(origin, size, bytes(32)), [("a", LOG)])
    with pytest.raises(ValueError, match="32 bytes"):
        sign_checkpoint(Checkpoint("a", 1, b""), [("a", LOG)])


def test_a_text_may_hold_empty_lines_and_more_than_letters() -> None:
    text = "Grüße\n\nan alle\n"

    assert verify_note(parse_note(sign_note(text, [(ORIGIN, LOG)])), KEYS) == (KEYS[0],)
    assert parse_note(sign_note(text, [(ORIGIN, LOG)])).text == text

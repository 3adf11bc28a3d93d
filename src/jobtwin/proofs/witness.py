"""The second signature: what a witness is asked, what it must see before it signs, and what it answers.

A witness holds a key that the operator does not hold. It remembers the last tree that it signed for each
ledger, and signs a larger one only with a proof that the larger one continues it: whoever asks for
another history is refused. Request and answer are files, so that the key never meets a network.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.checkpoint import (
    SIZE_LIMIT,
    Checkpoint,
    cosign_checkpoint,
    parse_checkpoint,
    verify_checkpoint,
)
from jobtwin.proofs.encoding import base64_decode, base64_encode
from jobtwin.proofs.merkle import HASH_BYTES, verify_consistency
from jobtwin.proofs.note import NoteSigner, VerifierKey, parse_note, verify_note

MOST_REQUESTS = 100_000
MOST_HASHES = 64

Seen = Mapping[str, tuple[int, bytes]]
"""By origin: the size and the root of the last tree that was signed."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One checkpoint to sign, with the proof that it continues the tree of `old` entries (0: the first)."""

    note: str
    old: int = 0
    proof: tuple[bytes, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {"note": self.note, "old": self.old, "proof": [base64_encode(one) for one in self.proof]}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the witness did not sign, and how many entries of this ledger it has signed."""

    origin: str
    code: str
    sentence: str
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """Signed notes (with the witness's signature alone below the text), and refusals."""

    signed: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    seen: Seen = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """What goes back to the operator."""
        refused = [
            {"origin": one.origin, "code": one.code, "sentence": one.sentence, "seen": one.seen}
            for one in self.refused
        ]
        return {"v": 1, "signed": list(self.signed), "refused": refused}


def sign_requests(
    asks: Iterable[Ask], seen: Seen, *, log_keys: tuple[VerifierKey, ...], name: str, signer: NoteSigner
) -> Answer:
    """Signs what continues what was seen; `Answer.seen` is what to remember before the answer goes out."""
    known, signed, refused = dict(seen), [], []
    for ask in asks:
        try:
            origin = parse_checkpoint(parse_note(ask.note).text).origin
        except BadDocument as error:
            refused.append(Refusal("", error.code, error.message))
            continue
        try:
            tree = _continued(ask, origin, known.get(origin), log_keys)
        except BadDocument as error:
            refused.append(Refusal(origin, error.code, error.message, known.get(origin, (0, b""))[0]))
            continue
        text = parse_note(ask.note).text
        signed.append(text + "\n" + cosign_checkpoint(ask.note, name, signer).removeprefix(ask.note))
        known[origin] = (tree.size, tree.root)
    return Answer(tuple(signed), tuple(refused), known)


def _continued(
    ask: Ask, origin: str, seen: tuple[int, bytes] | None, log_keys: tuple[VerifierKey, ...]
) -> Checkpoint:
    names = {key.name for key in log_keys}
    alone = [one for one in parse_note(ask.note).signatures if one.name in names]
    if not alone:
        raise BadDocument("not signed by the log", code="MISSING_SIGNATURE")
    tree = verify_checkpoint(ask.note, log_keys, origin=origin, require=[alone[0].name])
    if seen is None:
        return tree
    size, root = seen
    if tree.size < size:
        raise BadDocument(f"{tree.size} entries, where {size} were signed before", code="SIZE_DECREASES")
    if tree.size == size:
        if tree.root != root:
            raise BadDocument(f"another tree of {size} entries was signed before", code="TWO_ROOTS")
        return tree
    if ask.old != size:
        raise BadDocument(
            f"the proof begins at {ask.old}; {size} entries were signed before", code="OTHER_START"
        )
    if size and not verify_consistency(size, tree.size, root, tree.root, ask.proof):
        raise BadDocument(
            f"no proof that {tree.size} entries continue the {size} signed before", code="INCONSISTENT"
        )
    return tree


def accepted_signature(note: str, signed: str, keys: tuple[VerifierKey, ...]) -> str:
    """The signature line of a witness's answer for our own note, once it is verified by its keys.

    Raises BadDocument: WRONG_ORIGIN where the answer is about another text, or the codes of `verify_note`.
    """
    ours, theirs = parse_note(note), parse_note(signed)
    if ours.text != theirs.text:
        raise BadDocument("the answer signs another checkpoint", code="WRONG_ORIGIN")
    if len(theirs.signatures) != 1:
        raise BadDocument("an answer carries one signature", code="BAD_NOTE")
    verify_note(theirs, keys)
    return signed.removeprefix(theirs.text + "\n")


def requests_json(asks: Iterable[Ask]) -> str:
    """The request as a file."""
    return json.dumps({"v": 1, "requests": [ask.as_json() for ask in asks]}, indent=1) + "\n"


def parse_requests(text: str) -> tuple[Ask, ...]:
    """The request of a file. Raises BadDocument (BAD_REQUEST)."""
    try:
        listed = _document(text)["requests"]
        return tuple(_ask(one) for one in listed[:MOST_REQUESTS])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BadDocument("not a request for second signatures", code="BAD_REQUEST") from error


def parse_answer(text: str) -> Answer:
    """The answer of a file; nothing in it is verified yet. Raises BadDocument (BAD_REQUEST)."""
    try:
        document = _document(text)
        signed = tuple(str(one) for one in document["signed"][:MOST_REQUESTS])
        refused = tuple(
            Refusal(str(one["origin"]), str(one["code"]), str(one["sentence"]), _size(one["seen"]))
            for one in document["refused"][:MOST_REQUESTS]
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BadDocument("not an answer of a witness", code="BAD_REQUEST") from error
    return Answer(signed, refused)


def seen_json(seen: Seen) -> str:
    """What a witness remembers, as a file."""
    listed = {origin: {"size": size, "root": base64_encode(root)} for origin, (size, root) in seen.items()}
    return json.dumps({"v": 1, "seen": listed}, indent=1, sort_keys=True) + "\n"


def parse_seen(text: str) -> Seen:
    """What a witness remembers. Raises BadDocument (BAD_STATE): a lost memory is no licence to sign anew."""
    try:
        listed = _document(text)["seen"].items()
        found = {str(key): (_size(one["size"]), base64_decode(one["root"])) for key, one in listed}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BadDocument("this is not what a witness remembers", code="BAD_STATE") from error
    if any(len(root) != HASH_BYTES for _, root in found.values()):
        raise BadDocument("a remembered root does not have 32 bytes", code="BAD_STATE")
    return found


def _document(text: str) -> Any:
    document = json.loads(text)
    if document["v"] != 1:
        raise ValueError("an unknown version")
    return document


def _ask(one: Any) -> Ask:
    proof = tuple(base64_decode(part) for part in one["proof"])
    if len(proof) > MOST_HASHES or any(len(part) != HASH_BYTES for part in proof):
        raise ValueError("a proof is at most 64 hashes of 32 bytes")
    return Ask(str(one["note"]), _size(one["old"]), proof)


def _size(value: object) -> int:
    if type(value) is not int or not 0 <= value <= SIZE_LIMIT:
        raise ValueError("not a number of entries")
    return value

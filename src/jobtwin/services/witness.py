"""Second signatures: recorded once they are verified with the witness's published keys."""

from dataclasses import dataclass
from datetime import datetime

from jobtwin.core.errors import BadDocument, Refused
from jobtwin.proofs.checkpoint import parse_checkpoint
from jobtwin.proofs.note import parse_note
from jobtwin.proofs.witness import Answer, accepted_signature
from jobtwin.store import platform
from jobtwin.store.models import Checkpoint, Cosignature


@dataclass(frozen=True, slots=True)
class Added:
    """How many signatures are new, and what could not be taken, a sentence each."""

    new: int
    problems: tuple[str, ...]


def add_signatures(*, answer: Answer, now: datetime) -> Added:
    """Records the signatures of an answer; one that is there already changes nothing.

    Raises Refused where no witness's key is set: then nobody could tell a good signature.
    """
    if not platform.outside_witness():
        raise Refused("JOBTWIN_WITNESS_KEY is not set; no signature can be verified")
    new, problems = 0, [f"{one.origin}: {one.sentence}" for one in answer.refused]
    for signed in answer.signed:
        try:
            new += _add(signed, now)
        except BadDocument as error:
            problems.append(error.message)
    return Added(new, tuple(problems))


def _add(signed: str, now: datetime) -> bool:
    tree = parse_checkpoint(parse_note(signed).text)
    found = Checkpoint.objects.filter(ledger__origin=tree.origin, size=tree.size).first()
    if found is None:
        raise BadDocument(f"no checkpoint of {tree.size} entries of {tree.origin[:80]}", code="WRONG_ORIGIN")
    line = accepted_signature(found.note, signed, platform.outside_witness())
    _, fresh = Cosignature.objects.get_or_create(checkpoint=found, defaults={"line": line, "added_at": now})
    return fresh

"""Events: what a programme's own systems are told of an attempt's life, and exactly which facts.

An event names the attempt, never a person: who learns and who marks is looked up here by whoever may. It
holds nothing that a person wrote, nothing of a mark before the result is shown, and neither kind nor reason
of an extension, which may speak of health.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from jobtwin.core.instant import utc_text

VERSION = 1
"""Of the form of every event; facts may be added under it, none is taken away or changes its meaning."""


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event: in words, and the facts in its data beside `attempt`, `programme` and `brief`."""

    words: str
    facts: tuple[str, ...] = ()


TEST = "webhook.test"
"""Sent by hand to try a receiver; it speaks of no attempt."""

EVENTS: Mapping[str, EventKind] = {
    "attempt.started": EventKind("the clock of an attempt runs", ("started_at", "deadline")),
    "attempt.extended": EventKind(
        "an operator granted time", ("minutes", "window", "deadline_before", "deadline")
    ),
    "attempt.withdrawn": EventKind("the learner gave up", ("withdrawn_at",)),
    "attempt.voided": EventKind("an operator declared the attempt void", ("voided_at",)),
    "attempt.submitted": EventKind("the work is in", ("submission", "submitted_at", "by_clock")),
    "attempt.verified": EventKind("its claims were reproduced", ("submission", "verified_at", "checks")),
    "attempt.decided": EventKind(
        "the result is signed, and shown to the learner", ("submission", "decided_at", "passed", "overall")
    ),
    "dispute.raised": EventKind("the learner disputes a check", ("submission", "check", "raised_at")),
    "dispute.answered": EventKind("an operator answered a dispute", ("submission", "check", "answered_at")),
    "appeal.opened": EventKind("the learner appeals", ("submission", "opened_at")),
    "appeal.decided": EventKind(
        "an appeal is decided", ("submission", "decided_at", "changed", "passed", "overall")
    ),
    "credential.issued": EventKind("a credential was issued", ("credential", "issued_at", "replaces")),
    "credential.revoked": EventKind("a credential was revoked", ("credential", "revoked_at")),
    "credential.suspended": EventKind("a credential is under appeal", ("credential", "suspended_at")),
    "credential.reinstated": EventKind("a credential's suspension ended", ("credential", "lifted_at")),
}
"""Every kind that can be chosen, in the order of a life. A name that was sent once keeps its meaning."""


def require_facts(kind: str, data: Mapping[str, object]) -> None:
    """Raises ValueError for an unknown kind, or a fact too many or too few: nothing leaks by accident."""
    if kind not in EVENTS:
        raise ValueError(f"unknown kind of event: {kind}")
    if set(data) != set(EVENTS[kind].facts):
        raise ValueError(f"{kind} has the facts {', '.join(EVENTS[kind].facts)}, not {', '.join(data)}")


def event_body(kind: str, *, at: datetime, data: Mapping[str, object]) -> dict[str, object]:
    """The JSON of an event: `type`, `timestamp` and `data` as Standard Webhooks has it, and `version`."""
    return {"type": kind, "version": VERSION, "timestamp": utc_text(at), "data": dict(data)}

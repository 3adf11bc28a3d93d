"""How a verification goes, as the learner and the mentors may read it."""

from dataclasses import dataclass
from datetime import datetime

from jobtwin.store.models import CheckRecord, Submission, VerificationEvent

MAX_EVENTS = 500


@dataclass(slots=True)
class Phase:
    """One phase as it goes: when it began, how many seconds it took (None: it still runs), and the last
    line that it told."""

    name: str
    began: datetime
    seconds: float | None = None
    last: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Steps in the order in which they were recorded, and the checks that are done."""

    events: tuple[VerificationEvent, ...]
    checks: tuple[CheckRecord, ...]

    @property
    def phases(self) -> list[Phase]:
        """The steps by phase, in the order in which they began; a phase that is tried again is a new one."""
        found: list[Phase] = []
        for event in self.events:
            one = next((one for one in reversed(found) if one.name == event.phase), None)
            if one is None or event.kind == "start":
                one = Phase(event.phase, event.at)
                found.append(one)
            one.last = event.text or one.last
            if event.kind == "end":
                one.seconds = (event.at - one.began).total_seconds()
        return found

    @property
    def size(self) -> int:
        """Grows with everything that is recorded: what a page has seen already."""
        return len(self.events) + len(self.checks)


def progress_of(submission: Submission) -> Progress:
    """The progress of a verification; of very long ones the first MAX_EVENTS steps."""
    events = VerificationEvent.objects.filter(submission=submission).order_by("pk")[:MAX_EVENTS]
    return Progress(tuple(events), tuple(CheckRecord.objects.filter(submission=submission)))


def events_after(submission: Submission, after: int) -> list[VerificationEvent]:
    """At most MAX_EVENTS steps whose id is above `after`, in the order in which they were recorded."""
    rows = VerificationEvent.objects.filter(submission=submission, pk__gt=after).order_by("pk")
    return list(rows[:MAX_EVENTS])

"""How a verification goes, as the learner and the mentors may read it."""

from dataclasses import dataclass

from jobtwin.store.models import CheckRecord, Submission, VerificationEvent

MAX_EVENTS = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """Steps in the order in which they were recorded, and the checks that are done."""

    events: tuple[VerificationEvent, ...]
    checks: tuple[CheckRecord, ...]

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

"""A gold set: six decided submissions of an exam with five dimensions, from weak to strong."""

from datetime import timedelta

from jobtwin.core.brief import Brief, parse_brief
from jobtwin.services.attempt import start_attempt
from jobtwin.services.brief import publish_brief
from jobtwin.services.calibration import make_gold
from jobtwin.services.mark import save_mark, seal_mark
from jobtwin.services.person import add_person
from jobtwin.store.models import Attempt, Decision, GoldSubmission, Mark, Person, Role, Submission
from tests.exams import brief_document, dimension
from tests.host.people import NOW, People, claimed, verified, writer

NAMES = ("framing", "design", "quality", "evals", "security")
LEVELS = ("0.20", "0.40", "0.55", "0.70", "0.85", "1.00")


def five() -> Brief:
    """The small exam with five dimensions, so that six submissions give thirty scores."""
    rubric = {"pass_mark": "0.75", "dimensions": [dimension(name, "0.20") for name in NAMES]}
    return parse_brief(brief_document(rubric=rubric))


def waiting(email: str) -> Submission:
    """A verified submission of that exam by a new learner."""
    learner = add_person(email=email, name="", role=Role.LEARNER)
    version = publish_brief(brief=five(), now=NOW)
    return verified(learner, attempt=start_attempt(learner=learner, brief_version=version, now=NOW))


def decided(email: str, score: str, signer: Person) -> Submission:
    """A signed decision with the same score everywhere."""
    submission = waiting(email)
    now = NOW + timedelta(hours=9)
    Decision.objects.create(
        submission=submission, route="mean", scores=dict.fromkeys(NAMES, score), overall=score,
        passed=float(score) >= 0.75, reconciled_at=now, signed_by=signer, signed_at=now,
    )  # fmt: skip
    Attempt.objects.filter(pk=submission.attempt_id).update(decided_at=now)
    Submission.objects.filter(pk=submission.pk).update(wanted_since=None)
    return Submission.objects.get(pk=submission.pk)


def gold_set(people: People) -> list[GoldSubmission]:
    """Six gold submissions by Olga."""
    return [
        make_gold(
            submission=decided(f"gold{place}@example.org", score, people.max), operator=people.olga, now=NOW
        )
        for place, score in enumerate(LEVELS)
    ]


def sealed_like(submission: Submission, mentor: Person, score: str, hours: int = 4) -> Mark:
    """A claim and a seal with the same score everywhere."""
    mark, now = claimed(submission, mentor), NOW + timedelta(hours=hours)
    save_mark(mark=mark, scores=dict.fromkeys(NAMES, score), comments=dict.fromkeys(NAMES, "Seen."), now=now)
    return seal_mark(mark=mark, now=now, writer=writer())

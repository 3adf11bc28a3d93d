"""One exam of any kind, played at the level of services."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from jobtwin.core.brief import Brief
from jobtwin.core.check import CheckResult, Reason
from jobtwin.core.draft_review import DraftReview, review_brief
from jobtwin.services.attempt import start_attempt
from jobtwin.services.brief import publish_brief
from jobtwin.services.check import record_checks
from jobtwin.services.credential import issue_credential
from jobtwin.services.decision import sign_off
from jobtwin.services.draft_review import record_draft_review
from jobtwin.services.mark import claim_submission, save_mark, seal_mark
from jobtwin.services.submission import submit_attempt
from jobtwin.store.models import Attempt, Credential, Decision, Submission
from tests.host.people import COMMIT, NOW, People, everybody, writer


@dataclass
class Twin:
    """An exam under way: who takes part, the attempt, and the instant that the next step happens at."""

    brief: Brief
    people: People
    attempt: Attempt
    now: datetime

    @classmethod
    def started(cls, brief: Brief) -> "Twin":
        people = everybody()
        version = publish_brief(brief=brief, now=NOW)
        return cls(brief, people, start_attempt(learner=people.ada, brief_version=version, now=NOW), NOW)

    def submit(self) -> Submission:
        """Submits in the last minute with a yes to everything."""
        self.now = self.attempt.deadline - timedelta(minutes=1)
        return submit_attempt(
            attempt=self.attempt,
            source="https://git.example.org/ada/work",
            commit=COMMIT,
            development_source=False,
            answers={check.id: "yes" for check in self.brief.self_checks},
            now=self.now,
        )

    def verify(self) -> None:
        """Records a confirmation of every check, and a draft review without a finding."""
        submission = Submission.objects.get(attempt=self.attempt)
        checks = tuple(CheckResult(one.id, Reason.OK, "It does.") for one in self.brief.self_checks)
        record_checks(submission=submission, checks=checks, engine="test", now=self.now)
        draft = DraftReview("source", COMMIT, self.brief.id, "none", review_brief(self.brief, {}))
        record_draft_review(submission=submission, draft=draft, quotes={}, now=self.now)

    def decide(self, score: Decimal) -> Decision:
        """Two mentors give the same score everywhere; the first signs, with every skill on a pass."""
        submission, ledgers = Submission.objects.get(attempt=self.attempt), writer()
        names = [one.id for one in self.brief.rubric.dimensions]
        for mentor in (self.people.max, self.people.noor):
            mark = claim_submission(submission=submission, mentor=mentor, no_conflict=True, now=self.now)
            save_mark(
                mark=mark,
                scores=dict.fromkeys(names, str(score)),
                comments=dict.fromkeys(names, "Seen and weighed."),
                now=self.now,
            )
            seal_mark(mark=mark, now=self.now, writer=ledgers)
        decision = Decision.objects.get(submission=submission)
        skills = {one.id: str(one.ceiling) for one in self.brief.skills} if decision.passed else {}
        return sign_off(
            decision=decision, mentor=self.people.max, skills=skills, now=self.now, writer=ledgers
        )

    def credential(self) -> Credential:
        """Issues the credential of the passed attempt."""
        return issue_credential(attempt_id=self.attempt.pk, now=self.now)

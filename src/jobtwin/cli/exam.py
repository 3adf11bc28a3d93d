"""One whole exam, played with the same services, jobs and keys that the web uses."""

import secrets
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from jobtwin.cli.export import export_exam
from jobtwin.cli.processes import ended_together, jobtwin_process
from jobtwin.core.brief import Brief
from jobtwin.core.draft_review import on_grid
from jobtwin.core.errors import OutsideFailure
from jobtwin.core.mark import weighted_average
from jobtwin.jobs.bundle import write_bundle
from jobtwin.services.attempt import start_attempt
from jobtwin.services.brief import publish_brief
from jobtwin.services.decision import sign_off
from jobtwin.services.draft import Work, save_draft
from jobtwin.services.ledger import ledger_writer
from jobtwin.services.mark import claim_submission, revise_mark, save_mark, seal_mark
from jobtwin.services.person import add_person
from jobtwin.services.submission import submit_attempt
from jobtwin.source.address import parse_source
from jobtwin.source.brief import built_in_brief
from jobtwin.source.repository import resolve_commit
from jobtwin.store.clock import database_now
from jobtwin.store.models import (
    Attempt,
    CheckRecord,
    Credential,
    Decision,
    DraftReviewRecord,
    Mark,
    Person,
    Role,
    Submission,
    VerificationEvent,
)
from jobtwin.store.platform import make_keys, source_policy

Say = Callable[..., None]

WORKER_SECONDS = 1_800
POLL_SECONDS = 0.1
SKILLS = 2


def play(*, source: str, out: Path | None, bundle: Path | None = None, say: Say) -> None:
    """Plays the exam of the built-in brief on a source, and writes what it leaves to `out`."""
    make_keys(now=database_now())
    brief = built_in_brief("capstone")
    version = publish_brief(brief=brief, now=database_now())
    say(f"brief {brief.id} version {brief.version} is published", version.digest)
    learner, mentors = _people()
    attempt = start_attempt(learner=learner, brief_version=version, now=database_now())
    say(
        "the learner starts; the deadline stands",
        f"started  {attempt.started_at}",
        f"deadline {attempt.deadline}",
    )
    submission = _submit(attempt, brief, source, say)
    with ended_together(jobtwin_process("worker")):
        _watch_verification(submission, say)
        _show_draft(submission, say)
        decision = _mark(submission, mentors, say)
        _sign(decision, mentors[0], say)
    if out is not None:
        say(f"written to {out}", *export_exam(submission, out))
    if bundle is not None:
        write_bundle(submission, bundle)
        say(f"the evidence bundle: {bundle}", f"run it again: jobtwin replay {bundle}")


def _people() -> tuple[Person, list[Person]]:
    tag = secrets.token_hex(4)
    people = [
        add_person(email=f"{name.lower()}-{tag}@demo.example", name=name, role=role)
        for name, role in (
            ("Ada", Role.LEARNER),
            ("Max", Role.MENTOR),
            ("Noor", Role.MENTOR),
            ("Kit", Role.MENTOR),
        )
    ]
    return people[0], people[1:]


def _submit(attempt: Attempt, brief: Brief, source: str, say: Say) -> Submission:
    answers = {check.id: "yes" for check in brief.self_checks}
    first = save_draft(attempt=attempt, work=Work(notes="Started."), base_version=0, now=database_now())
    work = Work(source=source, notes="Ready to be read.", answers=answers)
    second = save_draft(attempt=attempt, work=work, base_version=first.version, now=database_now())
    deadline = attempt.deadline
    attempt.refresh_from_db()
    moved = "did not move" if attempt.deadline == deadline else "MOVED"
    say(f"drafts {first.version} and {second.version} are saved; the deadline {moved}")
    now = database_now()
    named = parse_source(source, source_policy())
    commit = resolve_commit(named)
    submission = submit_attempt(
        attempt=attempt, source=source, commit=commit, development_source=named.development,
        answers=answers, notes=work.notes, now=now,
    )  # fmt: skip
    say("submitted, for good", f"source {source}", f"commit {commit}")
    return submission


def _watch_verification(submission: Submission, say: Say) -> None:
    say("a worker process verifies it in a sandbox")
    shown = 0
    for _ in _polling("the verification"):
        for event in VerificationEvent.objects.filter(submission=submission, id__gt=shown).order_by("id"):
            shown = event.pk
            if event.kind == "start":
                say(f"  {event.phase}", *filter(None, [event.text]))
        if Attempt.objects.filter(submission=submission, verified_at__isnull=False).exists():
            break
    for check in CheckRecord.objects.filter(submission=submission):
        say(f"{check.check_id} {check.verdict}: {check.reason}", check.summary)


def _show_draft(submission: Submission, say: Say) -> None:
    document = DraftReviewRecord.objects.get(submission=submission).document
    listed = [
        f"{one['id']:20} {one['score']:.2f} in [{one['lower']:.2f}, {one['upper']:.2f}], "
        f"{sum(len(criterion['citations']) for criterion in one['criteria'])} citations"
        for one in document["dimensions"]
    ]
    say("the draft review, by code alone", *listed)


def _mark(submission: Submission, mentors: list[Person], say: Say) -> Decision:
    brief = submission.attempt.brief_version.brief
    marks = [
        _seal(submission, mentor, stricter, say) for mentor, stricter in ((mentors[0], 0), (mentors[1], 1))
    ]
    if not Decision.objects.filter(submission=submission).exists():
        say("the marks are apart; both mentors discuss and stand by their scores")
        for mark in marks:
            reason = "Played by the demo: the scores stand."
            revise_mark(
                mark=mark, scores=mark.scores, reason=reason, now=database_now(), writer=ledger_writer()
            )
        if not Decision.objects.filter(submission=submission).exists():
            _seal(submission, mentors[2], 1, say)
    decision = Decision.objects.get(submission=submission)
    outcome = "passed" if decision.passed else "not passed"
    say(
        f"reconciled in code ({decision.route}): {decision.overall.normalize()} "
        f"against {brief.rubric.pass_mark}, {outcome}"
    )
    return decision


def _seal(submission: Submission, mentor: Person, stricter: int, say: Say) -> Mark:
    submission.refresh_from_db()
    brief = submission.attempt.brief_version.brief
    mark = claim_submission(submission=submission, mentor=mentor, no_conflict=True, now=database_now())
    scores, comments = _played(submission, brief, stricter)
    save_mark(mark=mark, scores=scores, comments=comments, now=database_now())
    mark = seal_mark(mark=mark, now=database_now(), writer=ledger_writer())
    average = weighted_average(brief, mark.exact_scores())
    say(f"{mentor.name} claims, scores alone and seals: {average.normalize()}")
    return mark


def _played(submission: Submission, brief: Brief, stricter: int) -> tuple[dict[str, str], dict[str, str]]:
    """Scores: the share of criteria that the draft does not refute, less a step in every other one."""
    document = DraftReviewRecord.objects.get(submission=submission).document
    drafted = {one["id"]: one["criteria"] for one in document["dimensions"]}
    scores, comments = {}, {}
    for place, dimension in enumerate(brief.rubric.dimensions):
        criteria = drafted.get(dimension.id, [])
        standing = sum(one["verdict"] != "not_met" for one in criteria)
        share = on_grid(Fraction(standing, len(criteria))) if criteria else Decimal(0)
        step = Decimal("0.05") * stricter * (place % 2)
        scores[dimension.id] = str(max(share - step, Decimal("0.00")))
        comments[dimension.id] = f"Played by the demo: {standing} of {len(criteria)} criteria stand."
    return scores, comments


def _sign(decision: Decision, mentor: Person, say: Say) -> None:
    brief = decision.submission.attempt.brief_version.brief
    skills = (
        {one.id: str(min(one.ceiling, Decimal("0.80"))) for one in brief.skills[:SKILLS]}
        if decision.passed
        else {}
    )
    sign_off(decision=decision, mentor=mentor, skills=skills, now=database_now(), writer=ledger_writer())
    say("signed off", *(f"{skill} {weight}" for skill, weight in skills.items()))
    if not decision.passed:
        say("no credential: the attempt did not pass")
        return
    for _ in _polling("the credential"):
        issued = Credential.objects.filter(attempt__submission=decision.submission).first()
        if issued is not None:
            say("the credential is issued in both envelopes", str(issued.document["id"]))
            return


def _polling(what: str) -> Iterator[None]:
    """Turns at which to look again. Raises OutsideFailure where the worker takes too long."""
    end = time.monotonic() + WORKER_SECONDS
    while time.monotonic() < end:
        yield
        time.sleep(POLL_SECONDS)
    raise OutsideFailure(f"the worker did not finish {what} within {WORKER_SECONDS} s", retry=True)

"""Tasks: names that services defer, each a thin call. Every one of them may run twice."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app

from jobtwin.jobs import (
    appeal,
    claim,
    deadline,
    github_check,
    grade,
    ledger,
    mail,
    originality,
    rehearsal,
    stalled,
    undelivered,
    verification,
    webhook,
)
from jobtwin.jobs.again import ATTEMPTS, Again, passing
from jobtwin.jobs.stalled import DIED
from jobtwin.jobs.traced import traced
from jobtwin.services.credential import issue_credential as issue
from jobtwin.services.learner_news import tell_day_left
from jobtwin.services.mentor_news import tell_waiting
from jobtwin.services.retention import keep_no_longer
from jobtwin.store.clock import database_now
from jobtwin.store.platform import artefacts

AGAIN = Again()


def _queue(context: JobContext) -> str | None:
    """The queue that a job came from: it may name the engine to run on."""
    return None if context.job is None else context.job.queue


def _died(context: JobContext) -> int:
    """How many workers died with this job, once it is to be given up; 0 before."""
    return int(context.additional_context.get(DIED, 0))


@app.task(name="verify_submission", queue="verification", retry=AGAIN, pass_context=True)
@traced("verify_submission")
@passing
def verify_submission(context: JobContext, submission_id: str) -> None:
    """Reproduces what a submission claims."""
    if died := _died(context):
        verification.give_up_verification(UUID(submission_id), workers=died)
        return
    last = context.job is None or context.job.attempts >= ATTEMPTS - 1
    verification.verify_submission(UUID(submission_id), last_attempt=last, queue=_queue(context))


@app.task(name="rehearse", queue="verification", retry=AGAIN, pass_context=True)
@traced("rehearse")
@passing
def rehearse(context: JobContext, rehearsal_id: str) -> None:
    """Verifies a commit for its learner alone."""
    if died := _died(context):
        rehearsal.give_up_rehearsal(UUID(rehearsal_id), workers=died)
        return
    last = context.job is None or context.job.attempts >= ATTEMPTS - 1
    rehearsal.rehearse(UUID(rehearsal_id), last_attempt=last, queue=_queue(context))


@app.periodic(cron="* * * * * */10")
@app.task(name="submit_last_drafts", queue="housekeeping", queueing_lock="submit_last_drafts")
def submit_last_drafts(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes the tick
    """Submits the last drafts of attempts that are over, where their briefs say so."""
    in_time = timedelta(seconds=settings.JOBTWIN.queue_seconds)
    deadline.submit_last_drafts(database_now(), in_time=in_time)


@app.task(name="review_submission", queue="review", retry=AGAIN, pass_context=True)
@traced("review_submission")
@passing
def review_submission(context: JobContext, submission_id: str) -> None:
    """Drafts the review from facts and evidence."""
    if died := _died(context):
        verification.give_up_review(UUID(submission_id), workers=died)
        return
    verification.review_submission(UUID(submission_id))


@app.task(name="compare_submission", queue="review", retry=AGAIN)
@traced("compare_submission")
@passing
def compare_submission(submission_id: str) -> None:
    """Records originality facts for the mentor's desk."""
    originality.compare_submission(UUID(submission_id))


@app.task(name="issue_credential", queue="credentials", retry=AGAIN)
@traced("issue_credential")
@passing
def issue_credential(attempt_id: str) -> None:
    """Issues the credential of a passed attempt."""
    issue(attempt_id=UUID(attempt_id), now=database_now())


@app.task(name="replay_appeal", queue="verification", retry=AGAIN, pass_context=True)
@traced("replay_appeal")
@passing
def replay_appeal(context: JobContext, submission_id: str) -> None:
    """Runs the checks of an appealed submission again."""
    if died := _died(context):
        appeal.give_up_replay(UUID(submission_id), workers=died)
        return
    appeal.replay_appeal(UUID(submission_id), queue=_queue(context))


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="look_after_claims",
    queue="housekeeping",
    queueing_lock="look_after_claims",
    lock="look_after_claims",
)
def look_after_claims(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes the tick
    """Reminds, escalates, and gives back claims whose time is over."""
    claim.look_after_claims(now=database_now())


@app.periodic(cron="0 6 * * *")
@app.task(
    name="mail_checkpoints", queue="housekeeping", queueing_lock="mail_checkpoints", lock="mail_checkpoints"
)
def mail_checkpoints(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes the tick
    """Mails checkpoints to those who should keep them."""
    ledger.mail_checkpoints(now=database_now())


@app.periodic(cron="* * * * *")
@app.task(name="send_mails", queue="mail", queueing_lock="send_mails", lock="send_mails")
def send_mails(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes the tick
    """Sends what the outbox holds."""
    mail.send_mails()


@app.periodic(cron="* * * * * */5")
@app.task(
    name="queue_deliveries", queue="webhooks", queueing_lock="queue_deliveries", lock="queue_deliveries"
)
def queue_deliveries(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes the tick
    """Queues a job for each endpoint that an event is due for."""
    webhook.queue_deliveries(now=database_now())


@app.task(name="deliver_events", queue="webhooks")
@traced("deliver_events")
def deliver_events(endpoint_id: str) -> None:
    """Sends what is due for one endpoint."""
    webhook.deliver_events(UUID(endpoint_id))


@app.periodic(cron="* * * * *")
@app.task(name="return_grades", queue="webhooks", queueing_lock="return_grades", lock="return_grades")
def return_grades(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes the tick
    """Sends scores to learning platforms."""
    grade.return_grades()


@app.periodic(cron="* * * * *")
@app.task(name="send_check_runs", queue="webhooks", queueing_lock="send_check_runs", lock="send_check_runs")
def send_check_runs(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes the tick
    """Sends check runs to GitHub."""
    github_check.send_check_runs()


@app.periodic(cron="* * * * *")
@app.task(name="tell_day_left", queue="housekeeping", queueing_lock="tell_day_left")
def day_left(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes the tick
    """Tells learners that less than a day is left."""
    tell_day_left(now=database_now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="tell_waiting", queue="housekeeping", queueing_lock="tell_waiting", lock="tell_waiting")
def waiting(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes the tick
    """Tells mentors what began to wait."""
    tell_waiting(now=database_now())


@app.task(name="erase_files", queue="housekeeping", retry=AGAIN)
@traced("erase_files")
@passing
def erase_files(folder: str, name: str) -> None:
    """Removes the kept files of an erased submission or upload."""
    artefacts().erase(folder, UUID(name))


@app.periodic(cron="17 3 * * *")
@app.task(name="apply_retention", queue="housekeeping", queueing_lock="apply_retention")
def apply_retention(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes the tick
    """Removes what has been kept long enough."""
    keep_no_longer(retention=settings.JOBTWIN.retention, now=database_now())


@app.periodic(cron="* * * * *")
@app.task(
    name="queue_undelivered",
    queue="housekeeping",
    queueing_lock="queue_undelivered",
    lock="queue_undelivered",
)
def queue_undelivered(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes the tick
    """Queues again what waits for a job that is nowhere."""
    undelivered.queue_undelivered(now=database_now())


@app.periodic(cron="* * * * * */4")
@app.task(name="retry_stalled_jobs", queue="housekeeping", queueing_lock="retry_stalled_jobs")
async def retry_stalled_jobs(timestamp: int) -> None:  # noqa: ARG001  procrastinate passes the tick
    """Hands the jobs of workers without a heartbeat to other workers."""
    silent = settings.PROCRASTINATE_WORKER_DEFAULTS["stalled_worker_timeout"]
    most = settings.JOBTWIN.worker_deaths
    await stalled.hand_on_stalled(app, silent_seconds=silent, most_deaths=most)

"""Running the evals: logs into a folder, the report from the logs."""

from collections.abc import Collection, Sequence
from pathlib import Path

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog

from jobtwin.core.errors import JobTwinError
from jobtwin.evals.tasks import Plan, offline_tasks, verdicts
from jobtwin.review.draft import Reader


class EvalsFailed(JobTwinError):
    """A task of the evals did not finish."""


def run_offline(plan: Plan, logs: Path, only: Collection[str] = ()) -> None:
    """The tasks that need no network, or only those named. Raises EvalsFailed where one ends in an error."""
    _run(offline_tasks(plan, only), logs)


def run_model(reader: Reader, name: str, capstones: int, logs: Path) -> None:
    """Verdicts with a model on the first capstones, under the task name `name`."""
    _run([verdicts(Plan(capstones=capstones), reader, name)], logs)


def _run(tasks: Sequence[Task], logs: Path) -> None:
    logs.mkdir(parents=True, exist_ok=True)
    done = inspect_eval(
        list(tasks),
        model="none/none",
        log_dir=str(logs),
        log_format="eval",
        display="none",
        max_tasks=1,
        max_samples=1,
        log_realtime=False,
        score_display=False,
    )
    _checked(done)


def _checked(logs: Sequence[EvalLog]) -> None:
    for log in logs:
        if log.status != "success":
            why = log.error.message if log.error else log.status
            raise EvalsFailed(f"{log.eval.task} did not finish: {why}")

"""A small exam of one check, its learners, and how they submit: by HTTP or by the service."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import http.client
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from jobtwin.core.brief import Brief, parse_brief

if TYPE_CHECKING:
    from jobtwin.store.models import Attempt, Submission

SECONDS = 30
TRIES, PAUSE = 40, 0.3
UNANSWERED = "unanswered"
REPOSITORY = {
    "README.md": (
        "# Sums\n\nThis README is honest about limits: numbers are added, and nothing else.\n\n"
        "## Risks\n\nA risk that is known and named: large numbers are slow to add.\n\n"
        "## Reflection\n\nWith two more weeks we would measure the speed of large numbers.\n"
    ),
    "requirements.txt": "pytest==9.2.0\n",
    "sums.py": "def add(a: int, b: int) -> int:\n    return a + b\n",
    "test_sums.py": (
        "import time\n\nimport pytest\n\nfrom sums import add\n\n\n"
        "@pytest.mark.parametrize('n', range(20))\n"
        "def test_add(n: int) -> None:\n    time.sleep(0.02)\n    assert add(n, 1) == n + 1\n"
    ),
}
"""An honest submission whose tests pass: whatever refutes it is a wrong verdict."""


def brief() -> Brief:
    """One check (F1), one dimension."""
    criteria = [{"id": "q.tests", "text": "The tests pass.", "evidence": "check", "check": "F1"}]
    texts = (
        "The README is honest about limits.",
        "Risks are known and named.",
        "More weeks are reflected on.",
    )
    criteria += [{"id": f"q.{n}", "text": text, "evidence": "prose"} for n, text in enumerate(texts)]
    dimension = {"id": "q", "title": "Quality", "weight": "1.00", "tests": "It works.", "criteria": criteria}
    return parse_brief(
        {
            "id": "faults",
            "version": 1,
            "title": "An exam under faults",
            "kind": "capstone",
            "scenario": "Add numbers.",
            "deliverables": [{"id": "repo", "title": "Repository", "text": "A repository with tests."}],
            "time_box_hours": 336,
            "submission_modes": ["repo_url"],
            "rubric": {"pass_mark": "0.75", "tolerance": "0.10", "dimensions": [dimension]},
            "self_checks": [{"id": "F1", "question": "Do the tests pass?", "kind": "critical"}],
            "skills": [{"id": "ops.design", "title": "Design", "ceiling": "1.00"}],
        }
    )


@dataclass
class Class:
    """The learners of one fault: how many there are, and which attempts were told that they submitted."""

    name: str
    commit: str
    port: int = 0
    made: int = 0
    accepted: list[UUID] = field(default_factory=list)

    def start(self, hours: float = 0) -> "Attempt":
        """One more learner's attempt, which began so many hours ago."""
        from bench.rush.people import person
        from jobtwin.services.attempt import start_attempt
        from jobtwin.services.brief import publish_brief
        from jobtwin.store.clock import database_now

        now = database_now()
        version = publish_brief(brief=brief(), now=now)
        self.made += 1
        learner = person(f"{self.name}-{self.made}")
        return start_attempt(learner=learner, brief_version=version, now=now - timedelta(hours=hours))

    def submit(self, source: str = "local:honest", commit: str = "") -> "Submission":
        """One more submission by the service, without HTTP."""
        from jobtwin.services.submission import submit_attempt
        from jobtwin.store.clock import database_now

        attempt = self.start()
        submission = submit_attempt(
            attempt=attempt,
            source=source,
            commit=commit or self.commit,
            development_source=source.startswith("local:"),
            answers={"F1": "yes"},
            now=database_now(),
        )
        self.accepted.append(attempt.pk)
        return submission

    def press(self, attempt: "Attempt") -> str:
        """Saves and submits, again until an answer comes; "" where it was accepted, else the code."""
        from jobtwin.core.errors import Conflict
        from jobtwin.services.draft import Work, save_draft
        from jobtwin.services.token import make_token
        from jobtwin.store.clock import database_now

        work = Work("local:honest", "Here it is.", {"F1": "yes"})
        now = database_now()
        saved = min(now, attempt.deadline - timedelta(seconds=1))
        with suppress(Conflict):  # saved already, and refused then
            save_draft(attempt=attempt, work=work, base_version=0, now=saved)
        _, token = make_token(person=attempt.learner, name="faults", scopes=["exam:write"], days=1, now=now)
        for _ in range(TRIES):
            if (said := self.ask(str(attempt.pk), token)) != UNANSWERED:
                break
            time.sleep(PAUSE)
        return said

    def ask(self, attempt: str, token: str) -> str:
        """One POST; UNANSWERED where nothing came back."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        headers["Idempotency-Key"] = attempt
        try:
            connection.request("POST", f"/api/v1/attempts/{attempt}/submission", '{"version": 1}', headers)
            response = connection.getresponse()
            body = json.loads(response.read())
        except (OSError, ValueError, http.client.HTTPException):
            return UNANSWERED
        finally:
            connection.close()
        if response.status == 201:
            self.accepted.append(UUID(attempt))
            return ""
        return str(body.get("code", response.status))

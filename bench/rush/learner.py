"""Simulated learners: each opens the page, saves again and again, answers self-checks, and submits."""

import http.client
import json
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

CSRF = "c" * 32
SECONDS = 300
CHECKS = ("F1", "F2", "F3", "F4")
_CONFIRMED = re.compile(r'name="version" value="(\d+)"')


@dataclass
class Log:
    """What was measured and what the server accepted; one a thread, so that nothing is locked."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    drafts: list[tuple[str, int, dict[str, object]]] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)

    def add(self, other: "Log") -> None:
        """Takes over another thread's log."""
        for kind, seconds in other.seconds.items():
            self.seconds.setdefault(kind, []).extend(seconds)
        self.failed += other.failed
        self.drafts += other.drafts
        self.submitted += other.submitted


@dataclass
class Visit:
    """One learner's browser: a session, a connection, and where its times go."""

    port: int
    session: str
    attempt: str
    log: Log

    def work(self, autosaves: int) -> None:
        """The whole way: page, autosaves, self-checks, look once more, submit, page."""
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            path = f"/attempts/{self.attempt}"
            self._send("page", "GET", path)
            version, answers = 0, {}  # type: int, dict[str, str]
            for turn in range(autosaves):
                version = self._save("autosave", version, f"Text number {turn}. " * (turn + 1), answers)
            for check in CHECKS:
                answers[check] = "yes"
                version = self._save("self-check", version, "Ready.", answers)
            shown = self._send("review", "GET", f"{path}/submit")
            found = _CONFIRMED.search(shown)
            form = {"version": found[1] if found else "0"}
            if self._send("submit", "POST", f"{path}/submit", form, status=302) is not None and found:
                self.log.submitted.append(self.attempt)
            self._send("submitted page", "GET", path)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.log.failed.append(f"{type(error).__name__}: {error}")
        finally:
            self._connection.close()

    def _save(self, kind: str, version: int, notes: str, answers: dict[str, str]) -> int:
        form = {"base_version": str(version), "source": "local:sample", "notes": notes}
        form |= {f"answer-{check}": word for check, word in answers.items()}
        answer = json.loads(self._send(kind, "POST", f"/attempts/{self.attempt}/draft", form))
        body: dict[str, object] = {"source": "local:sample", "notes": notes, "answers": dict(answers)}
        self.log.drafts.append((self.attempt, answer["version"], body))
        return int(answer["version"])

    def _send(
        self, kind: str, method: str, path: str, form: dict[str, str] | None = None, *, status: int = 200
    ) -> str:
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if path.endswith("/draft"):
            headers["Accept"] = "application/json"
        began = time.perf_counter()
        self._connection.request(method, path, urlencode(form) if form else None, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        self.log.seconds.setdefault(kind, []).append(time.perf_counter() - began)
        if response.status != status:
            raise ValueError(f"{kind} answered {response.status}")
        return text

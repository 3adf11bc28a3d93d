"""The terminal as a client of a served instance: login, start, save, submit with its progress, receipts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

if TYPE_CHECKING:
    from jobtwin.cli.client import Client
    from tests.host.browser.conftest import Site

pytestmark = [pytest.mark.host, pytest.mark.xdist_group("browser")]

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs one command of the terminal with a configuration folder of its own."""
    from importlib import import_module

    def invoke(name: str, *arguments: str, stdin: str = "") -> Result:
        command = import_module(f"jobtwin.cli.{name}").command
        env = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
        return CliRunner().invoke(command, list(arguments), input=stdin, env=env)

    return invoke


@pytest.fixture
def logged_in(site: "Site", run: Run) -> "Site":
    """Ada is logged in."""
    from jobtwin.services.token import make_token
    from jobtwin.store.clock import database_now

    scopes = ["exam:read", "exam:write"]
    _, token = make_token(person=site.people.ada, name="t", scopes=scopes, days=1, now=database_now())
    result = run("login", site.url, "--token", "-", stdin=f"{token}\n")
    assert result.exit_code == 0, result.output
    assert "as Ada (learner)" in result.output
    assert token not in result.output
    return site


def test_one_exam_from_login_to_a_receipt_that_verifies(logged_in: "Site", run: Run, tmp_path: Path) -> None:
    assert "started nothing" in run("status").output
    started = run("start", "capstone", "--json", "--yes")
    assert json.loads(started.output)["attempt"]["state"] == "open"
    assert run("start", "capstone", "--yes").exception.code == "conflict"  # type: ignore[union-attr]  # refused
    assert "version 1" in run("save", "--source", "local:sample", "--answer", "F1=yes").output
    notes = tmp_path / "notes.txt"
    notes.write_text("Start with the README.\n")
    more = [f"--answer={check}=yes" for check in ("F3", "F4")]
    saved = json.loads(run("save", "--notes", f"@{notes}", "--answer", "F2=no", *more, "--json").output)
    assert saved["draft"]["source"] == "local:sample"
    assert saved["draft"]["answers"] == {"F1": "yes", "F2": "no", "F3": "yes", "F4": "yes"}
    assert "open" in run("status").output
    refused = run("submit", "--yes")
    assert refused.exception.code == "critical_no"  # type: ignore[union-attr]  # refused
    receipt = tmp_path / "receipt.json"
    done = run(
        "submit", "--yes", "--force", "--reason", "No registry.", "--receipt", str(receipt), "--no-wait"
    )
    assert done.exit_code == 0, done.output
    assert logged_in.stage.commit in done.output
    fetched = run("receipt", "fetch", "--out", str(tmp_path / "receipts"))
    assert "4 receipts" in fetched.output
    keys = str(tmp_path / "receipts" / "did.json")
    for path in [receipt, *(tmp_path / "receipts").glob("receipt-*.json")]:
        verified = run("receipt", "verify", str(path), "--keys", keys)
        assert (verified.exit_code, verified.output[:6]) == (0, "valid:")
    assert json.loads(run("status", "--json").output)["attempts"][0]["state"] == "submitted"


def test_the_progress_of_a_verification_is_shown_until_its_end(
    logged_in: "Site", tmp_path: Path, run: Run
) -> None:
    from jobtwin.cli.own_attempt import check_line, follow
    from jobtwin.verification.events import Event
    from tests.host.browser.stage import submission_of, verify

    submission = submission_of(logged_in.stage, logged_in.people.ada)
    seen: list[Event] = []
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        """The verification ends while the client waits."""
        waits.append(seconds)
        verify(logged_in.stage, submission, tmp_path)

    last = follow(own_client(logged_in), str(submission.attempt_id), show=seen.append, sleep=sleep)
    assert waits == [1.0]
    assert [(one.phase, one.kind) for one in seen] == [("fetch", "end")]
    assert check_line(last["checks"][0]).startswith("F1  you said yes; confirmed (ok) All 31 tests")
    assert "confirmed" in run("status").output


def own_client(site: "Site") -> "Client":
    """A client with a token of Ada's."""
    from jobtwin.cli.client import Client
    from jobtwin.services.token import make_token
    from jobtwin.store.clock import database_now

    _, token = make_token(person=site.people.ada, name="t", scopes=["exam:read"], days=1, now=database_now())
    return Client.at(site.url, token)


def saved_attempt(client: "Client") -> str:
    """The id of the one attempt."""
    return str(client.get("/attempts")["items"][0]["id"])


def test_a_token_that_opens_nothing_is_not_kept(site: "Site", run: Run, tmp_path: Path) -> None:
    result = run("login", site.url, "--token", "jt_wrong")
    assert result.exception.code == "no_token"  # type: ignore[union-attr]  # refused
    assert not (tmp_path / "config").exists()


def test_a_window_is_logged_rehearsed_and_given_up_from_the_terminal(
    logged_in: "Site", run: Run, tmp_path: Path
) -> None:
    from jobtwin.cli.rehearse import awaited, found_line
    from jobtwin.core.check import CheckResult, Reason, VerificationReport
    from jobtwin.services.brief import publish_brief
    from jobtwin.services.rehearsal import record_rehearsal
    from jobtwin.source.brief import built_in_brief
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Rehearsal

    publish_brief(brief=built_in_brief("live_incident"), now=database_now())
    assert run("start", "live_incident", "--yes").exit_code == 0
    log = tmp_path / "log.md"
    log.write_text("10:02 errors rise\n")
    saved = json.loads(run("save", "--source", "local:sample", "--log", f"live=@{log}", "--json").output)
    assert saved["draft"]["logs"]["live"] == "10:02 errors rise\n"
    kept = json.loads(run("save", "--notes", "More.", "--json").output)
    assert kept["draft"]["logs"] == saved["draft"]["logs"]
    early = run("save", "--log", "postmortem=too early")
    assert early.exception.code == "window_closed"  # type: ignore[union-attr]  # refused
    assert "window live: open" in run("status").output

    made = json.loads(run("rehearse", "--no-wait", "--json").stdout)
    assert (made["commit"], made["finished_at"]) == (logged_in.stage.commit, None)
    again = run("rehearse", "--no-wait")
    assert again.exception.code == "rehearsing"  # type: ignore[union-attr]  # refused
    checks = (CheckResult("F1", Reason.TESTS_FAILED, "1 of 31 failed."),)
    report = VerificationReport("s", made["commit"], "b", "test", checks)

    def sleep(_seconds: float) -> None:
        """The rehearsal ends while the client waits."""
        record_rehearsal(rehearsal=Rehearsal.objects.get(), report=report, now=database_now())

    client = own_client(logged_in)
    path = f"/attempts/{saved_attempt(client)}/rehearsals"
    last = awaited(lambda: client.get(path)["items"][0], sleep=sleep)
    assert found_line(last["checks"][0]) == "F1  refuted (tests_failed) 1 of 31 failed."
    assert run("withdraw", stdin="n\n").exit_code == 1
    assert "withdrawn at" in run("withdraw", "--yes").output
    assert "withdrawn" in run("status").output
    dispute = run("dispute", "F1", "--reason", "The test needs a font.")
    assert dispute.exception.code == "not_found"  # type: ignore[union-attr]  # nothing was verified


def test_olga_extends_and_voids_and_takes_her_data_along(site: "Site", run: Run, tmp_path: Path) -> None:
    import zipfile

    from jobtwin.services.attempt import start_attempt
    from jobtwin.services.token import make_token
    from jobtwin.store.clock import database_now

    now = database_now()
    attempt = start_attempt(learner=site.people.ada, brief_version=site.stage.version, now=now)
    scopes = ["operating:read", "operating:write", "data:read"]
    _, token = make_token(person=site.people.olga, name="t", scopes=scopes, days=1, now=now)
    assert run("login", site.url, "--token", token).exit_code == 0
    assert "ada@example.org" in run("operate", "attempts").output
    more = ["--kind", "incident", "--minutes", "30", "--reason", "The sandbox was down."]
    assert "the deadline is now" in run("operate", "extend", str(attempt.pk), *more).output
    assert (
        "extended 1, left out 0"
        in run("operate", "everybody", "capstone", str(site.stage.version.version), *more).output
    )
    assert "30 minutes, incident: The sandbox was down." in run("operate", "show", str(attempt.pk)).output
    none = run("operate", "answer", str(attempt.pk), "F1", "--answer", "It is there.")
    assert none.exception.code == "not_found"  # type: ignore[union-attr]  # nothing is disputed
    assert (
        run("operate", "void", str(attempt.pk), "--reason", "A mistake of ours.", stdin="n\n").exit_code == 1
    )
    voided = run("operate", "void", str(attempt.pk), "--reason", "A mistake of ours.", "--yes")
    assert "voided at" in voided.output
    out = tmp_path / "mine.zip"
    assert str(out) in run("data", "--out", str(out)).output
    assert out.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(out) as archive:
        assert json.loads(archive.read("account.json"))["email"] == "olga@example.org"
    again = run("data", "--out", str(out))
    assert again.exception.code == "bad_input"  # type: ignore[union-attr]  # the file stays


def test_olga_adds_a_webhook_makes_its_secret_anew_and_turns_it_off(site: "Site", run: Run) -> None:
    from jobtwin.core.event import EVENTS
    from jobtwin.services.token import make_token
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Endpoint

    scopes = ["webhooks:read", "webhooks:write"]
    _, token = make_token(person=site.people.olga, name="w", scopes=scopes, days=1, now=database_now())
    assert run("login", site.url, "--token", token).exit_code == 0
    where = "https://hooks.harbour.dev/in"
    made = run("webhooks", "add", "default", where, "--event", next(iter(EVENTS))).output.split()
    one = str(Endpoint.objects.get().pk)
    assert (made[0], made[1], made[2][:6]) == (one, where, "whsec_")
    rotated = run("webhooks", "rotate", one, "--leaked").output
    assert "whsec_" in rotated
    assert made[2] not in rotated
    assert run("webhooks", "off", one).output.strip() == f"{one} is off"
    assert "off: an operator turned it off" in run("webhooks", "list").output
    assert run("webhooks", "on", one).output.strip() == f"{one} is on"
    listed = run("webhooks", "list", "--json").output
    assert where in listed
    assert "whsec_" not in listed
    wrong = run("webhooks", "add", "default", where, "--event", "no.such")
    assert wrong.exception.code == "bad_events"  # type: ignore[union-attr]

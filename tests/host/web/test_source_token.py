"""The token of a private repository: given, used for one host, shown nowhere, gone once work is fetched."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobtwin.core.errors import BadInput, BadSource, Refused
from jobtwin.source.address import SourcePolicy
from jobtwin.source.login import LoginRules
from tests.host.services.test_rehearsals import twin
from tests.host.source.forge import Forge
from tests.host.source.server import LOGIN, Host, serve

if TYPE_CHECKING:
    from tests.host.twins import Twin

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]
TOKEN, WRONG = LOGIN[1], "tok_of-somebody-else"
LISTED = "https://gitlab.example.org/ada/work"


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    from jobtwin.store import platform

    forge = Forge(tmp_path / "projects" / "repo.git", bare=True).create()
    forge.commit_files({"README.md": b"mine\n"})
    with serve(forge.root.parent, tmp_path, encrypted=False) as host:
        origin = f"127.0.0.1:{host.port}"
        monkeypatch.setattr(platform, "source_policy", lambda: SourcePolicy(loopback=frozenset({origin})))
        monkeypatch.setattr("jobtwin.jobs.verification.source_policy", platform.source_policy)
        allow(monkeypatch, origin)
        yield host


@pytest.fixture
def exam() -> "Twin":
    return twin()


def allow(monkeypatch: pytest.MonkeyPatch, *hosts: str, **numbers: int) -> None:
    from jobtwin.store import platform

    monkeypatch.setattr(platform, "login_rules", lambda: LoginRules(frozenset(hosts), **numbers))


def rows() -> str:
    """Every row of every table, jobs and sessions included."""
    from django.apps import apps

    return "".join(str(list(one._default_manager.values())) for one in apps.get_models() if one._meta.managed)


def keep(exam: "Twin", secret: str = TOKEN, source: str = LISTED) -> None:
    from jobtwin.services.source_token import keep_source_token

    keep_source_token(attempt=exam.attempt, source=source, secret=secret, now=exam.now)


def test_a_private_repository_is_submitted_with_the_token_which_then_is_gone(
    exam: "Twin", host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    from jobtwin.jobs.verification import _pinned
    from jobtwin.store.models import AuditEntry, Receipt, SourceToken, Submission
    from tests.host.web.visits import client, draft, text_of

    caplog.set_level(logging.DEBUG)
    ada, path = client(exam.people.ada), f"/attempts/{exam.attempt.pk}"
    ada.post(f"{path}/draft", draft(source=host.url("private.git", scheme="http")))
    refused = ada.post(f"{path}/submit", {"version": "1"})
    assert "asks for a login" in text_of(refused)
    assert "give a token first" in text_of(refused)
    ada.post(f"{path}/token", {"secret": WRONG})
    assert "refused the login" in text_of(ada.post(f"{path}/submit", {"version": "1"}))
    shown = text_of(ada.post(f"{path}/token", {"secret": f" {TOKEN} "}, follow=True))
    assert "It is not shown again." in shown
    assert TOKEN not in rows()
    assert ada.post(f"{path}/submit", {"version": "1"}).status_code == 302
    submission = Submission.objects.get()
    with _pinned(submission) as repository:
        assert repository.read("README.md") == b"mine\n"
    assert not SourceToken.objects.exists()
    written = rows() + caplog.text + shown + text_of(ada.get(path)) + str(Receipt.objects.values())
    assert not any(one in written for one in (TOKEN, WRONG))
    assert AuditEntry.objects.filter(what="source_token_kept").count() == 2


def test_a_kept_token_is_removed_and_never_given_back(exam: "Twin", host: Host) -> None:
    from jobtwin.store.models import SourceToken
    from tests.host.web.visits import client, draft, text_of

    ada, path = client(exam.people.ada), f"/attempts/{exam.attempt.pk}"
    ada.post(f"{path}/draft", draft(source=host.url("private.git", scheme="http")))
    ada.post(f"{path}/token", {"secret": TOKEN})
    page = text_of(ada.get(path))
    assert f"A token for <code>127.0.0.1:{host.port}</code> is kept" in page
    assert TOKEN not in page
    ada.post(f"{path}/token", {"remove": "yes"})
    assert not SourceToken.objects.exists()
    blank = ada.post(f"{path}/token", {"secret": f"two {TOKEN}"})
    assert (blank.status_code, TOKEN in text_of(blank)) == (422, False)


def test_a_token_is_sent_to_no_other_host_than_its_own(exam: "Twin", monkeypatch: pytest.MonkeyPatch) -> None:
    from jobtwin.services.source_token import source_login
    from jobtwin.source.address import PUBLIC, parse_source

    def login_at(source: str) -> object:
        return source_login(attempt=exam.attempt, source=parse_source(source, PUBLIC))

    allow(monkeypatch, "gitlab.example.org", "git.example.org")
    keep(exam)
    assert login_at("https://gitlab.example.org/other/place") is not None
    assert login_at("https://git.example.org/ada/work") is None
    assert login_at("https://gitlab.example.org:8443/ada/work") is None
    allow(monkeypatch, "git.example.org")
    assert login_at(LISTED) is None


def test_what_is_not_taken_is_said_without_repeating_it(
    exam: "Twin", monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobtwin.core.errors import TooLate

    with pytest.raises(Refused, match="no host at all"):
        keep(exam)
    allow(monkeypatch, "gitlab.example.org", characters=10, changes=1)
    with pytest.raises(Refused, match=r"^tokens are taken for gitlab\.example\.org$"):
        keep(exam, source="https://git.example.org/ada/work")
    with pytest.raises(BadSource):
        keep(exam, source="")
    with pytest.raises(BadInput, match="at most 10 characters"):
        keep(exam, "a" * 11)
    keep(exam, "a" * 10)
    with pytest.raises(Refused, match="you gave 1 tokens today"):
        keep(exam, "b" * 10)
    exam.now = exam.attempt.deadline
    with pytest.raises(TooLate):
        keep(exam, "b" * 10)


def test_by_api_a_token_is_kept_and_removed_and_no_answer_holds_it(
    exam: "Twin", monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.host.web.api import caller, draft

    allow(monkeypatch, "gitlab.example.org")
    ada, path = caller(exam.people.ada), f"/attempts/{exam.attempt.pk}"
    ada.do("post", f"{path}/drafts", draft(source=LISTED))
    kept = ada("put", f"{path}/source-token", {"token": TOKEN})
    assert (kept.status_code, kept.json()["host"]) == (200, "gitlab.example.org")
    assert kept["Cache-Control"] == "no-store"
    long = ada("put", f"{path}/source-token", {"token": TOKEN * 40})
    odd = ada("put", f"{path}/source-token", {"token": f"{TOKEN} x"})
    assert (long.status_code, odd.status_code, odd.json()["code"]) == (400, 400, "bad_token")
    assert not any(TOKEN in one.content.decode() for one in (kept, long, odd))
    assert TOKEN not in rows()
    assert ada.do("delete", f"{path}/source-token") == {"host": None, "kept_at": None}
    assert caller(exam.people.sam)("put", f"{path}/source-token", {"token": TOKEN}).status_code == 404


@pytest.mark.parametrize("how", ["withdrawn", "verified", "over"])
def test_a_token_that_nothing_needs_is_removed_with_the_daily_clearing(
    exam: "Twin", monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    from jobtwin.core.retention import Retention
    from jobtwin.services.retention import keep_no_longer
    from jobtwin.store.models import Attempt, SourceToken

    allow(monkeypatch, "gitlab.example.org", days=3)
    keep(exam)
    now = exam.attempt.deadline + timedelta(days=2)
    assert keep_no_longer(retention=Retention(), now=now)["source_tokens"] == 0
    if how == "over":
        now += timedelta(days=2)
    elif how == "withdrawn":
        Attempt.objects.update(withdrawn_at=exam.now)
    else:
        exam.submit()
        exam.verify()
    assert keep_no_longer(retention=Retention(), now=now)["source_tokens"] == 1
    assert not SourceToken.objects.exists()


def test_taking_data_along_tells_of_the_token_and_erasing_removes_it(
    exam: "Twin", monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobtwin.services.erasure import erase_person
    from jobtwin.store.models import SourceToken
    from jobtwin.store.queries.personal_data import files_of

    allow(monkeypatch, "gitlab.example.org")
    keep(exam)
    told = b"".join(content for _, content in files_of(exam.people.ada) if isinstance(content, bytes))
    assert b'"host": "gitlab.example.org"' in told
    assert TOKEN.encode() not in told
    assert SourceToken.objects.get().secret.encode() not in told
    erase_person(person=exam.people.ada, confirmation=exam.people.ada.email, now=exam.now)
    assert not SourceToken.objects.exists()

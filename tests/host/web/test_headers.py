"""Headers, forgery, and pages that must answer whatever happens."""

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"


@pytest.mark.parametrize(
    "path",
    ["/", "/briefs/small", "/nowhere", "/accounts/login/", "/accounts/signup/", "/marking/", "/healthz"],
)
def test_every_page_forbids_what_comes_from_elsewhere(path: str) -> None:
    from tests.host.web.visits import client

    headers = client().get(path).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"] or "no-cache" in headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/briefs/small", "/accounts/login/", "/accounts/signup/"])
def test_no_page_holds_an_inline_script_or_style(path: str) -> None:
    import re

    from jobtwin.services.brief import publish_brief
    from tests.host.people import NOW, exam
    from tests.host.web.visits import client, text_of

    publish_brief(brief=exam(), now=NOW)
    page = text_of(client().get(path))
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    scripts = re.findall(r"<script[^>]*>", page)
    assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)


@pytest.mark.parametrize(
    "path",
    [
        "/briefs/small/start",
        "/attempts/00000000-0000-0000-0000-000000000000/draft",
        "/attempts/00000000-0000-0000-0000-000000000000/submit",
        "/marking/00000000-0000-0000-0000-000000000000/claim",
        "/marking/00000000-0000-0000-0000-000000000000/save",
        "/marking/00000000-0000-0000-0000-000000000000/seal",
        "/marking/00000000-0000-0000-0000-000000000000/discuss",
        "/marking/00000000-0000-0000-0000-000000000000/sign",
        "/accounts/login/",
    ],
)
def test_a_form_without_its_token_is_refused_with_a_sentence(path: str) -> None:
    from django.test import Client

    from tests.host.people import everybody

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(everybody().max)
    answer = strict.post(path)
    assert answer.status_code == 403
    assert b"The form was not accepted" in answer.content


def test_the_process_answers_and_the_database_is_asked_only_where_it_should_be() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.host.web.visits import client

    visitor = client()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert visitor.get("/healthz").content == b"ok\n"
    assert len(asked) == 0
    assert visitor.get("/readyz").content == b"ready\n"


def test_a_wrong_address_is_told_in_a_page_of_ours() -> None:
    from tests.host.web.visits import client, text_of

    answer = client().get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing here" in text_of(answer)


@pytest.mark.parametrize(
    ("error", "status", "form"),
    [
        ("BadInput", 400, 422),
        ("BadSource", 400, 422),
        ("NotAllowed", 403, 403),
        ("NotFound", 404, 404),
        ("Refused", 409, 409),
        ("TooLate", 409, 409),
        ("Conflict", 409, 409),
        ("OutsideFailure", 503, 503),
    ],
)
def test_every_error_has_one_status(error: str, status: int, form: int) -> None:
    from jobtwin.core import errors
    from jobtwin.web.errors import status_of

    kind = getattr(errors, error)
    raised = kind("no", retry=True) if error == "OutsideFailure" else kind("no")
    assert (status_of(raised), status_of(raised, form=True)) == (status, form)


def test_the_mail_and_password_pages_stand_in_our_layout() -> None:
    from tests.host.people import everybody
    from tests.host.web.visits import client, text_of

    ada = client(everybody().ada)
    for path in ("/accounts/logout/", "/accounts/password/set/", "/accounts/email/"):
        page = text_of(ada.get(path))
        assert "Skip to the content" in page, path
        assert page.count("<h1") == 1, path


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_may_ask_by_any_address_and_a_page_may_not(path: str) -> None:
    from tests.host.web.visits import client

    assert client().get(path, headers={"host": "192.0.2.7:8000"}).status_code == 200
    assert client().get("/", headers={"host": "192.0.2.7:8000"}).status_code == 400
    assert client().post(path, headers={"host": "192.0.2.7:8000"}).status_code == 405

"""Signing in: verified addresses, second factors, sessions, limits, and what a stranger tries."""

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from jobtwin.store.models import Person

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site", "plain_passwords")]

PASSWORD = "a long and dull password"
LOGIN, SIGNUP = "/accounts/login/", "/accounts/signup/"


def person(name: str = "lea", **fields: object) -> "Person":
    from jobtwin.services.person import add_person
    from jobtwin.store.models import Role

    role = fields.get("role", Role.LEARNER)
    assert isinstance(role, Role)
    return add_person(email=f"{name}@example.org", name=name, role=role, password=PASSWORD)


def sign_in(visitor: "Client", name: str = "lea", **more: str) -> "str":
    """Sends the form; where it leads to."""
    answer = visitor.post(LOGIN, {"login": f"{name}@example.org", "password": PASSWORD} | more)
    return str(answer.headers.get("Location", answer.status_code))


def with_app(visitor: "Client") -> str:
    """Activates an authenticator app in this session; its secret."""
    assert "/reauthenticate/" in visitor.get("/accounts/2fa/totp/activate/").headers["Location"]
    visitor.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = visitor.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200, page.headers.get("Location")
    shown = re.search(r'The secret: <code class="path">(\w+)</code>', page.content.decode())
    assert shown is not None
    secret = shown[1]
    assert b"data:" not in page.content
    assert visitor.post("/accounts/2fa/totp/activate/", {"code": code(secret)}).status_code == 302
    return secret


def recovery_code(visitor: "Client") -> str:
    shown = re.search(r"\b\d{8}\b", visitor.get("/accounts/2fa/recovery-codes/").content.decode())
    assert shown is not None
    return shown[0]


def code(secret: str) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def test_a_new_account_is_verified_by_mail_and_comes_back_to_the_brief() -> None:
    from django.core import mail
    from django.test import Client, override_settings

    from jobtwin.services.brief import publish_brief
    from jobtwin.store.models import Person
    from tests.host.people import NOW, exam

    publish_brief(brief=exam(), now=NOW)
    visitor = Client()
    began = visitor.post("/briefs/small/start").headers["Location"]
    assert began == f"{LOGIN}?next=/briefs/small"
    link = re.search(rb'href="(/accounts/signup/[^"]*)"', visitor.get(began).content)
    assert link is not None
    backend = "django.core.mail.backends.locmem.EmailBackend"
    form = {"email": "New@Example.org", "password1": PASSWORD, "password2": PASSWORD, "name": "New"}
    with override_settings(EMAIL_BACKEND=backend, ACCOUNT_EMAIL_VERIFICATION="mandatory"):
        signup = link[1].decode().replace("&amp;", "&")
        visitor.post(signup, form | {"next": "/briefs/small"}, headers={"accept-language": "de"})
        assert Person.objects.get(email="new@example.org").language == "de"
        assert visitor.get("/account/").status_code == 302
        confirm = re.search(r"https?://[^/]+(/accounts/confirm-email/\S+)", str(mail.outbox[-1].body))
        assert confirm is not None
        assert visitor.post(confirm[1]).headers["Location"] == "/briefs/small"
        assert visitor.get("/account/").status_code == 200


def test_an_unverified_address_opens_nothing_where_verification_is_due() -> None:
    from allauth.account.models import EmailAddress
    from django.test import Client, override_settings

    person()
    EmailAddress.objects.update(verified=False)
    backend = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(EMAIL_BACKEND=backend, ACCOUNT_EMAIL_VERIFICATION="mandatory"):
        visitor = Client()
        assert sign_in(visitor) == "/accounts/confirm-email/"
        assert visitor.get("/account/").status_code == 302


def test_signing_in_changes_the_session_so_that_none_can_be_planted() -> None:
    from django.test import Client

    person()
    visitor = Client()
    visitor.get(f"{LOGIN}?next=/account/")
    visitor.session["planted"] = "yes"
    visitor.session.save()
    planted = visitor.session.session_key
    assert sign_in(visitor) == "/"
    assert visitor.session.session_key != planted
    stranger = Client()
    stranger.cookies["sessionid"] = planted or ""
    assert stranger.get("/account/").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "https://testserver@evil.example/",
        "\thttps://evil.example",
    ],
)
def test_no_sign_in_leads_off_the_site(target: str) -> None:
    from django.test import Client

    person()
    assert sign_in(Client(), next=target) == "/"


def test_guessing_passwords_ends_soon_also_with_the_right_one() -> None:
    from django.test import Client

    person()
    for _ in range(5):
        Client().post(LOGIN, {"login": "lea@example.org", "password": "wrong"})
    answer = Client().post(LOGIN, {"login": "lea@example.org", "password": PASSWORD})
    assert answer.status_code == 200
    assert b"Too many failed" in answer.content


def test_an_unknown_address_is_told_as_a_wrong_password_is() -> None:
    from django.test import Client

    person()
    told = [
        re.findall(rb'role="alert">(.*?)</p>', Client().post(LOGIN, form).content)
        for form in (
            {"login": "lea@example.org", "password": "wrong"},
            {"login": "none@example.org", "password": "wrong"},
        )
    ]
    assert told[0]
    assert told[0] == told[1]


def test_with_an_app_a_password_alone_opens_nothing() -> None:
    from allauth.mfa.models import Authenticator
    from django.test import Client

    person()
    first, second = Client(), Client()
    sign_in(first)
    secret = with_app(first)
    assert secret not in str(Authenticator.objects.values())
    assert sign_in(second, next="/account/").startswith("/accounts/2fa/authenticate/")
    assert second.get("/account/").status_code == 302
    assert second.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert second.get("/account/").status_code == 302
    answer = second.post("/accounts/2fa/authenticate/", {"code": recovery_code(first)})
    assert answer.headers["Location"] == "/account/"


def test_operators_need_a_second_factor_in_this_very_session_where_it_is_required() -> None:
    import dataclasses

    from django.conf import settings
    from django.test import Client, override_settings

    from jobtwin.config.sign_in import SignIn
    from jobtwin.store.models import Role

    person(role=Role.OPERATOR)
    strict = dataclasses.replace(settings.JOBTWIN, sign_in=SignIn(operator_mfa=True))
    with override_settings(JOBTWIN=strict):
        olga, older = Client(), Client()
        sign_in(olga)
        sign_in(older)
        assert olga.get("/operations/").headers["Location"] == "/accounts/2fa/?next=/operations/"
        with_app(olga)
        for one in (olga, older):
            assert one.get("/operations/").headers["Location"].startswith("/accounts/2fa/reauthenticate/")
        fresh = Client()
        sign_in(fresh)
        fresh.post("/accounts/2fa/authenticate/", {"code": recovery_code(olga)})
        assert fresh.get("/operations/").status_code == 200


def test_a_session_is_ended_by_its_person_alone() -> None:
    from allauth.usersessions.models import UserSession
    from django.test import Client

    person("lea")
    person("sam")
    here, there, sam = Client(HTTP_USER_AGENT="<b>here</b>"), Client(HTTP_USER_AGENT="there"), Client()
    for visitor, name in ((here, "lea"), (there, "lea"), (sam, "sam")):
        sign_in(visitor, name)
    page = here.get("/account/sessions").content
    assert b"&lt;b&gt;here" in page
    row = UserSession.objects.get(session_key=there.session.session_key)
    assert sam.post("/account/sessions", {"session": row.pk}).status_code == 404
    assert here.post("/account/sessions", {"session": "x"}).status_code == 404
    assert there.get("/account/").status_code == 200
    here.post("/account/sessions", {"session": row.pk})
    assert there.get("/account/").status_code == 302
    sign_in(there)
    here.post("/account/sessions", {"do": "others"})
    assert [one.get("/account/").status_code for one in (here, there, sam)] == [200, 302, 200]

"""Signing in through a provider: new accounts, and what its word does not open."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from tests.host.web.provider import Provider

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

START, BACK = "/accounts/oidc/oidc/login/", "/accounts/oidc/oidc/login/callback/"


@pytest.fixture
def other() -> Iterator["Provider"]:
    """A provider that is set."""
    from django.test import override_settings

    from jobtwin.config.sign_in import Provider as Named
    from jobtwin.config.sign_in import SignIn
    from jobtwin.config.social import form_targets, social_providers
    from tests.host.web.provider import provider

    with provider() as server:
        sign_in = SignIn(oidc=Named("The school", "exam", "s3cret", issuer=server.issuer))
        settings = {
            "SOCIALACCOUNT_PROVIDERS": social_providers(sign_in),
            "FORM_TARGETS": form_targets(sign_in),
            "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
            "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
        }
        with override_settings(**settings):
            yield server


def come_back(visitor: "Client", *, code: str = "good", state: str | None = None, to: str = "/") -> str:
    """Goes to the provider and returns with a code; where that leads."""
    gone = visitor.post(f"{START}?next={to}").headers["Location"]
    asked = parse_qs(urlsplit(gone).query)
    assert asked["code_challenge_method"] == ["S256"]
    answer = visitor.get(BACK, {"code": code, "state": state or asked["state"][0]})
    return str(answer.headers.get("Location", answer.status_code))


def test_a_verified_address_of_the_provider_makes_an_account_and_comes_back(other: "Provider") -> None:
    from django.test import Client

    from jobtwin.store.models import Person

    other.claims = {"sub": "1", "email": "lea@school.example", "email_verified": True, "name": " Lea Lang "}
    visitor = Client()
    page = visitor.get("/accounts/login/")
    assert b"The school" in page.content
    assert f"form-action 'self' {other.issuer};" in page.headers["Content-Security-Policy"]
    assert other.issuer not in visitor.get("/").headers["Content-Security-Policy"]
    assert come_back(visitor, to="/account/") == "/account/"
    assert visitor.get("/account/").status_code == 200
    assert Person.objects.get(email="lea@school.example").name == "Lea Lang"
    assert other.asked[0]["code_verifier"]


def test_nul_characters_that_a_provider_tells_are_dropped_and_no_fault(other: "Provider") -> None:
    from allauth.socialaccount.models import SocialAccount
    from django.test import Client

    from jobtwin.store.models import Person

    told = {"name": "Le\0a", "groups": ["a\0b", {"k\0": "v\0", "n": 1}], "picture": "\0"}
    other.claims = {"sub": "1", "email": "lea@school.example", "email_verified": True} | told
    assert come_back(Client()) == "/"
    assert Person.objects.get(email="lea@school.example").name == "Lea"
    assert "\0" not in str(SocialAccount.objects.get().extra_data)
    other.claims = {"sub": "1\0", "email": "lou@school.example", "email_verified": True}
    assert come_back(Client()) == "400"
    other.claims = {"sub": "2", "email": "lo\0u@school.example", "email_verified": True}
    assert come_back(Client()) == "/accounts/3rdparty/signup/"
    assert Person.objects.filter(email__contains="@school.example").count() == 1


def test_an_address_that_the_provider_did_not_verify_is_verified_here_first(other: "Provider") -> None:
    from django.test import Client

    other.claims = {"sub": "1", "email": "lea@school.example", "email_verified": False}
    visitor = Client()
    assert come_back(visitor) == "/accounts/confirm-email/"
    assert visitor.get("/account/").status_code == 302


def test_a_provider_that_names_anothers_address_signs_nobody_in(other: "Provider") -> None:
    from django.test import Client

    from tests.host.people import everybody

    everybody()
    other.claims = {"sub": "666", "email": "olga@example.org", "email_verified": True}
    visitor = Client()
    come_back(visitor)
    assert visitor.get("/account/").status_code == 302
    assert visitor.get("/operations/").status_code == 302


def test_an_answer_that_was_not_asked_for_or_has_a_wrong_code_opens_nothing(other: "Provider") -> None:
    from django.test import Client

    other.claims = {"sub": "1", "email": "lea@school.example", "email_verified": True}
    for changes in ({"state": "planted"}, {"code": "bad"}):
        visitor = Client()
        come_back(visitor, **changes)
        assert visitor.get("/account/").status_code == 302


def test_no_visit_by_a_link_alone_starts_a_sign_in(other: "Provider") -> None:
    from django.test import Client

    assert Client().get(START).status_code == 200
    assert other.asked == []

"""Accounts made through somebody else's sign-in."""

from collections.abc import Mapping

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

from jobtwin.store.models import Person

MAX_NAME = 120


class SocialSignIn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Takes the name along that the provider tells; allauth looks for first and last names."""

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: Mapping[str, object]
    ) -> Person:
        """The account as it would be made, with a name of at most MAX_NAME letters."""
        person: Person = super().populate_user(request, sociallogin, data)
        told = str(data.get("name") or data.get("username") or "")
        person.name = told.replace("\0", "").strip()[:MAX_NAME]
        return person

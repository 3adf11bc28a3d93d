"""Accounts made through somebody else's sign-in."""

from collections.abc import Mapping

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

from jobtwin.core.errors import BadInput
from jobtwin.store.models import Person

MAX_NAME = 120


class SocialSignIn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Takes the name along that the provider tells; allauth looks for first and last names.

    What the provider tells is kept without NUL characters, which no database row can hold.
    """

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: Mapping[str, object]
    ) -> Person:
        """The account as it would be made, with a name of at most MAX_NAME letters.

        Raises BadInput for an id with a NUL character: without it, it could be somebody else's.
        """
        account = sociallogin.account
        if "\0" in account.uid:
            raise BadInput("the provider tells an id that cannot be one; sign in another way")
        account.extra_data = without_nul(account.extra_data)
        known = {name: without_nul(value) for name, value in data.items()}
        person: Person = super().populate_user(request, sociallogin, known)
        person.name = str(known.get("name") or known.get("username") or "").strip()[:MAX_NAME]
        return person


def without_nul(value: object) -> object:
    """A JSON value without NUL characters, in keys as well as in texts."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {str(without_nul(name)): without_nul(one) for name, one in value.items()}
    return [without_nul(one) for one in value] if isinstance(value, list) else value

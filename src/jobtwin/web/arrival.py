"""Where people arrive once they are signed in, and what a new account begins with."""

from allauth.account.adapter import DefaultAccountAdapter
from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from jobtwin.store.models import Person, Role
from jobtwin.store.queries.person import roles_held

STARTS = ((Role.OPERATOR, "operations"), (Role.MENTOR, "queue"))
"""Whoever holds several roles arrives at the first of these pages."""


class Arrival(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Leads to the page that a role works on; learners choose among the exams."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The address after sign-in."""
        held = roles_held(request.user) if isinstance(request.user, Person) else frozenset()
        return reverse(next((page for role, page in STARTS if role.value in held), "catalogue"))

    def save_user(self, request: HttpRequest, user: Person, form: Form, commit: bool = True) -> Person:  # noqa: FBT001, FBT002
        """A new account: its mails are in the language of the page where it was made."""
        user.language = get_language() or ""
        made: Person = super().save_user(request, user, form, commit)
        return made

"""Where people arrive once they are signed in, unless they were on their way to another page."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

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

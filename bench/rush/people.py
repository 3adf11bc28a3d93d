"""People with sessions and running attempts, made by the same services as always."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

from importlib import import_module

from jobtwin.services.attempt import start_attempt
from jobtwin.services.brief import publish_brief
from jobtwin.source.brief import built_in_brief
from jobtwin.store.clock import database_now
from jobtwin.store.models import Attempt, Person


def person(name: str) -> Person:
    """Somebody without a password: hashing passwords is not what is measured."""
    return Person.objects.create(email=f"{name}@rush.example", name=name)


def attempt_of(learner: Person) -> Attempt:
    """A running attempt at the capstone."""
    now = database_now()
    version = publish_brief(brief=built_in_brief("capstone"), now=now)
    return start_attempt(learner=learner, brief_version=version, now=now)


def session_of(learner: Person) -> str:
    """The key of a session in which the learner is signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(learner.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = learner.get_session_auth_hash()
    store.create()
    return str(store.session_key)

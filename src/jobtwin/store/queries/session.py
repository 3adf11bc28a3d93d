"""Where a person is signed in."""

from allauth.usersessions.models import UserSession

from jobtwin.store.models import Person


def sessions_of(person: Person) -> list[UserSession]:
    """The live sessions of a person, the newest first; rows of sessions that ended are dropped."""
    found: list[UserSession] = UserSession.objects.purge_and_list(person)
    return sorted(found, key=lambda one: one.created_at, reverse=True)

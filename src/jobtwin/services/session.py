"""Ending sessions; whatever they still had open asks for sign-in."""

from allauth.usersessions.models import UserSession

from jobtwin.core.errors import NotFound
from jobtwin.store.models import Person


def end_session(*, person: Person, session_id: str) -> None:
    """Ends one session of this person. Raises NotFound for anybody else's and for what is no number."""
    known = session_id.isascii() and session_id.isdigit() and len(session_id) <= 18
    found = UserSession.objects.filter(user=person, pk=int(session_id)).first() if known else None
    if found is None:
        raise NotFound("you have no such session")
    found.end()


def end_other_sessions(*, person: Person, keep: str) -> int:
    """Ends every session but the one with the key `keep` (empty: every one); how many."""
    others = list(UserSession.objects.filter(user=person).exclude(session_key=keep))
    for one in others:
        one.end()
    return len(others)

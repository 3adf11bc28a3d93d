"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest

from jobtwin.store.models import Person, Role
from jobtwin.store.queries.notification import MOST_COUNTED, unread_count
from jobtwin.web.access import roles_of


def page_context(request: HttpRequest) -> dict[str, object]:
    """The time of the request, the roles of whoever asks, the languages, and whether this is a
    development machine."""
    return {
        "now": getattr(request, "now", None),
        "is_mentor": lambda: Role.MENTOR.value in roles_of(request),
        "is_operator": lambda: Role.OPERATOR.value in roles_of(request),
        "unread": lambda: unread_of(request),
        "development": not settings.JOBTWIN.production,
        "languages": settings.LANGUAGES,
    }


def unread_of(request: HttpRequest) -> str:
    """How many messages are unread: empty for none, `100+` for as many as are counted."""
    count = unread_count(request.user) if isinstance(request.user, Person) else 0
    return f"{count}+" if count == MOST_COUNTED else str(count or "")

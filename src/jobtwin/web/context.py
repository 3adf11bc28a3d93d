"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest

from jobtwin.store.models import Role
from jobtwin.web.access import roles_of


def page_context(request: HttpRequest) -> dict[str, object]:
    """The time of the request, the roles of whoever asks, and whether this is a development machine."""
    return {
        "now": getattr(request, "now", None),
        "is_mentor": lambda: Role.MENTOR.value in roles_of(request),
        "is_operator": lambda: Role.OPERATOR.value in roles_of(request),
        "development": not settings.JOBTWIN.production,
    }

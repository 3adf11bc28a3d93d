"""A clock that tests move: the middleware with another clock in its constructor."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from jobtwin.web.middleware.clock import RequestClock
from tests.host.people import NOW

REAL = "jobtwin.web.middleware.clock.RequestClock"


class MovedClock(RequestClock):
    """Every request arrives at `instant`."""

    instant: ClassVar[datetime] = NOW

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        def moved() -> datetime:
            return MovedClock.instant

        super().__init__(get_response, clock=moved, arrival=moved)


def middleware() -> list[str]:
    """The installation's middleware with the moved clock in the place of the real one."""
    moved = f"{MovedClock.__module__}.{MovedClock.__name__}"
    return [moved if name == REAL else name for name in settings.MIDDLEWARE]


def at(hours: float = 0, **parts: float) -> datetime:
    """Moves the clock to so long after NOW."""
    MovedClock.instant = NOW + timedelta(hours=hours, **parts)
    return MovedClock.instant

"""Who asks: a bearer token with the scope that the operation needs. Cookies are never looked at."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest
from ninja.security import HttpBearer

from jobtwin.core.errors import NotAllowed
from jobtwin.services.token import note_use, usable_token
from jobtwin.store.models import ApiToken, Person, Role, Scope
from jobtwin.store.queries.person import roles_held


class ApiRequest(HttpRequest):
    """A request as operations get it: `now` is the database's time at its arrival, `clock` reads it again."""

    now: datetime
    clock: Callable[[], datetime]
    auth: ApiToken


def person_of(request: ApiRequest) -> Person:
    """Whose token it is."""
    return request.auth.person


ROLES = {"marking": Role.MENTOR, "operating": Role.OPERATOR, "webhooks": Role.OPERATOR}
"""The role without which a scope of an area opens nothing."""


class Bearer(HttpBearer):
    """A token with a scope, of somebody with the role that it needs: 401 without a usable token, 403 without
    the rest."""

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__()
        self._scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        now = vars(request)["now"]
        found = usable_token(text=token, now=now)
        if found is None:
            return None
        note_use(token=found, now=now)
        self._require(found)
        return found

    def _require(self, token: ApiToken) -> None:
        if self._scope is None:
            return
        if self._scope.value not in token.scopes:
            raise NotAllowed(f"this token may not do that: it lacks {self._scope.value}", code="scope")
        role = ROLES.get(self._scope.area)
        if role is not None and role.value not in roles_held(token.person):
            raise NotAllowed(f"this operation is for {role.value}s")


class OptionalBearer(Bearer):
    """Anybody, with a token or without one; a token that opens nothing is 401 all the same."""

    def __call__(self, request: HttpRequest) -> object:
        """The token, or `NOBODY` where none came along."""
        return super().__call__(request) if self.header in request.headers else NOBODY


NOBODY = object()
"""Who asks without a token."""


def person_or_nobody(request: HttpRequest) -> Person | None:
    """Whose token it is; None where none came along."""
    token = vars(request)["auth"]
    return token.person if isinstance(token, ApiToken) else None


ANY, OPTIONAL = Bearer(), OptionalBearer()
EXAM_READ, EXAM_WRITE = Bearer(Scope.EXAM_READ), Bearer(Scope.EXAM_WRITE)
MARKING_READ, MARKING_WRITE = Bearer(Scope.MARKING_READ), Bearer(Scope.MARKING_WRITE)
OPERATING_READ, OPERATING_WRITE = Bearer(Scope.OPERATING_READ), Bearer(Scope.OPERATING_WRITE)
WEBHOOKS_READ, WEBHOOKS_WRITE = Bearer(Scope.WEBHOOKS_READ), Bearer(Scope.WEBHOOKS_WRITE)
DATA_READ = Bearer(Scope.DATA_READ)

"""Whose token this is, and giving it up."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema

from jobtwin.services.token import revoke_token
from jobtwin.store.queries.person import roles_held
from jobtwin.web.api.access import ANY, ApiRequest, person_of
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.api.write import write

router = Router(tags=["token"])


class Me(Schema):
    """The person of a token, and what the token may do."""

    email: str
    name: str
    roles: list[str]
    token: UUID
    token_name: str
    scopes: list[str]
    expires_at: datetime
    now: datetime


class Revoked(Schema):
    """The token that works no more."""

    token: UUID


@router.get("/me", auth=ANY, response={200: Me, PROBLEMS: Problem}, operation_id="get_me")
def get_me(request: ApiRequest) -> Me:
    """Who the platform takes the caller for. Any token may ask."""
    person, token = person_of(request), request.auth
    return Me(
        email=person.email,
        name=person.name,
        roles=sorted(roles_held(person)) or ["learner"],
        token=token.pk,
        token_name=token.name,
        scopes=token.scopes,
        expires_at=token.expires_at,
        now=request.now,
    )


@router.delete(
    "/token", auth=ANY, response={200: Revoked, PROBLEMS: Problem}, operation_id="revoke_own_token"
)
def revoke(request: ApiRequest) -> HttpResponse:
    """Revokes the very token that asks."""

    def act() -> Revoked:
        revoke_token(person=person_of(request), token_id=request.auth.pk, now=request.now)
        return Revoked(token=request.auth.pk)

    return write(request, 200, act)

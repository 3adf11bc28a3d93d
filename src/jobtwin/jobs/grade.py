"""Sending scores to learning platforms: a token by a signed assertion, then the score. Safe to repeat."""

from collections.abc import Callable
from datetime import datetime

from jobtwin.core.errors import JobTwinError, OutsideFailure
from jobtwin.lti.names import SCORE_MEDIA
from jobtwin.lti.signing import read_token, score_body, scores_url, token_request
from jobtwin.outside.client import Client
from jobtwin.outside.request import Post
from jobtwin.proofs.encoding import base64url_encode
from jobtwin.services.grade import Owed, record_grade, take_grade
from jobtwin.services.lti import signing_key
from jobtwin.store import platform
from jobtwin.store.clock import database_now

MOST_A_RUN = 100


def return_grades(client: Client | None = None, now: Callable[[], datetime] = database_now) -> int:
    """Sends what is due; how many were taken. One that fails waits longer and hinders no other."""
    way, sent = client or platform.outside_client(), 0
    for _ in range(MOST_A_RUN):
        owed = take_grade(now=now())
        if owed is None:
            break
        problem, retry = "", True
        try:
            _send(owed, way, now())
            sent += 1
        except JobTwinError as error:
            problem, retry = error.message, not isinstance(error, OutsideFailure) or error.retry
        record_grade(grade=owed.grade, problem=problem, retry=retry, now=now())
    return sent


def _send(owed: Owed, client: Client, now: datetime) -> None:
    found = owed.platform
    if not found.token_url:
        raise OutsideFailure("the platform's token address is not set", retry=True)
    jti = base64url_encode(platform.random_bytes(16))
    form = token_request(
        signing_key(now=now), client_id=found.client_id, token_url=found.token_url, jti=jti, now=now
    )
    answer = client.post(found.token_url, Post(form, {"Content-Type": "application/x-www-form-urlencoded"}))
    try:
        token = read_token(answer.body)
    except (ValueError, RecursionError) as error:
        raise OutsideFailure("the platform gave no token", retry=True) from error
    headers = {"Content-Type": SCORE_MEDIA, "Authorization": f"Bearer {token}"}
    body = score_body(subject=owed.subject, score=owed.grade.score, at=owed.grade.decided_at)
    client.post(scores_url(owed.lineitem), Post(body, headers))

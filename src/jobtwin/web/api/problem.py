"""Problems: every error of the API in one form (RFC 9457), from the one table of `web.errors`."""

from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from jobtwin.core.errors import JobTwinError, OutsideFailure
from jobtwin.web.errors import heading_of, sentence, status_of

MEDIA_TYPE = "application/problem+json"
MAX_PROBLEMS = 20
"""Most sentences of one answer."""


class Problem(Schema):
    """What went wrong (RFC 9457). `code` is a stable word for machines; `retry`: waiting may help.

    `type` is always about:blank: `code` tells problems apart.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    retry: bool = False
    problems: list[str] = Field([], description="one sentence for each wrong field")


PROBLEMS = frozenset({400, 401, 403, 404, 409, 503})
"""The statuses that an operation with a token may answer with, beside its own."""
PUBLIC_PROBLEMS = frozenset({400, 404})
OPEN_PROBLEMS = PUBLIC_PROBLEMS | {401}
"""Those of an operation that a token may come along with."""


def add_problems(api: NinjaAPI) -> None:
    """Teaches an API to answer errors as problems. Any other exception is a fault and stays one."""
    api.add_exception_handler(JobTwinError, _known)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _http)


def problem(
    status: int,
    detail: str,
    *,
    code: str,
    title: str = "",
    retry: bool = False,
    problems: list[str] | None = None,
) -> HttpResponse:
    """A problem as an answer."""
    found = Problem(
        type="about:blank",
        title=title or HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        retry=retry,
        problems=problems or [],
    )
    return JsonResponse(found.model_dump(), status=status, content_type=MEDIA_TYPE)


def _known(_request: HttpRequest, error: JobTwinError | type[JobTwinError]) -> HttpResponse:
    if isinstance(error, type):
        raise error("")
    return problem(
        status_of(error),
        sentence(error),
        code=error.code,
        title=heading_of(error),
        retry=isinstance(error, OutsideFailure) and error.retry,
    )


def _invalid(_request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    if isinstance(error, type):
        raise error([])
    found = [_words(one) for one in error.errors[:MAX_PROBLEMS]]
    detail = "The request does not have the form that this operation takes."
    return problem(400, detail, code="invalid_request", problems=found)


def _http(_request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    if isinstance(error, type):
        raise error(500, "")
    if isinstance(error, AuthenticationError):
        answer = problem(401, "Give a valid token: Authorization: Bearer jt_…", code="no_token")
        answer["WWW-Authenticate"] = 'Bearer realm="jobtwin"'
        return answer
    return problem(error.status_code, "The body is not JSON that can be read.", code="invalid_request")


def _words(error: Mapping[str, object]) -> str:
    place = error.get("loc", ())
    parts = [str(one) for one in place] if isinstance(place, list | tuple) else []
    return f"{'.'.join(parts[:6])[:120]}: {error.get('msg', 'wrong')}"

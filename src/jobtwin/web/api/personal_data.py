"""Everything that is kept about the person of a token, as one archive."""

from django.http.response import HttpResponseBase
from ninja import Router

from jobtwin.web.api.access import DATA_READ, ApiRequest, person_of
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.taking_along import MEDIA_TYPE, data_response

router = Router(tags=["personal data"])

ANSWER = {
    200: {
        "description": "a zip with manifest.json, which names the SHA-256 of every other file",
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/data-export",
    auth=DATA_READ,
    response={PROBLEMS: Problem},
    operation_id="export_data",
    openapi_extra={"responses": ANSWER},
)
def export(request: ApiRequest) -> HttpResponseBase:
    """Takes all of the own data along, some times a day (409 `too_often`); it is noted that it was."""
    return data_response(person_of(request), request.now)

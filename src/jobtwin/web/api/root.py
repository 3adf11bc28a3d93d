"""The API as a whole, and its OpenAPI document."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from jobtwin import __version__
from jobtwin.web.api import (
    archive,
    attempt,
    brief,
    check,
    dispute,
    draft,
    marking,
    operating,
    person,
    personal_data,
    receipt,
    rehearsal,
    source_token,
    submission,
    webhook,
)
from jobtwin.web.api.problem import MEDIA_TYPE, add_problems
from jobtwin.web.api.write import HEADER

WRITES = frozenset({"post", "put", "patch", "delete"})
WITHOUT_KEY = frozenset(
    {
        "upload_archive",
        "export_data",
        "add_webhook",
        "rotate_webhook_secret",
        "keep_source_token",
        "remove_source_token",
    }
)
"""Operations that take no Idempotency-Key: the same file is the same archive, an export changes nothing, and
what holds a secret is not kept, and a token is kept or removed once."""

DESCRIPTION = (
    "One exam from Start to result, marking and operating, with the same rules as the pages. Requests carry "
    "`Authorization: Bearer jt_…`; cookies are never looked at. Errors are problems (RFC 9457)."
)
ONCE = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "the same key with the same request gives the same answer for 24 hours",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[\x21-\x7e]+$"},
}


class Api(NinjaAPI):
    """The API, whose document says what ninja does not: problems have a type of their own, writes a key."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        """The OpenAPI 3.1 document."""
        document = super().get_openapi_schema(*args, **kwargs)
        for operations in document["paths"].values():
            for method, operation in operations.items():
                _mend(method, operation)
        return document


def _mend(method: str, operation: dict[str, Any]) -> None:
    if any("OptionalBearer" in one for one in operation.get("security", ())):
        operation["security"].insert(0, {})  # in OpenAPI's words: or nothing
    if method in WRITES and operation["operationId"] not in WITHOUT_KEY:
        operation.setdefault("parameters", []).append(ONCE)
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            (schema,) = response["content"].values()
            response["content"] = {MEDIA_TYPE: schema}


def make_api() -> NinjaAPI:
    """The API with every noun in its place."""
    api = Api(
        title="Job Twin", version=__version__, description=DESCRIPTION, docs_url=None, urls_namespace="api"
    )
    add_problems(api)
    api.add_router("/briefs", brief.router)
    api.add_router("/attempts", attempt.router)
    api.add_router("/attempts", draft.router)
    api.add_router("/attempts", archive.router)
    api.add_router("/attempts", check.router)
    api.add_router("/attempts", rehearsal.router)
    api.add_router("/attempts", source_token.router)
    api.add_router("/attempts", submission.router)
    api.add_router("/attempts", dispute.router)
    api.add_router("/attempts", receipt.router)
    api.add_router("/marking", marking.router)
    api.add_router("/operating", operating.router)
    api.add_router("/webhooks", webhook.router)
    api.add_router("", person.router)
    api.add_router("", personal_data.router)
    api.add_router("", receipt.public)
    return api


api = make_api()

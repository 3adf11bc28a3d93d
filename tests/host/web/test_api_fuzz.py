"""Schemathesis against the OpenAPI document: no request is a fault, every answer is as the document says."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from schemathesis import Case

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

EXAMPLES = 30
METHOD_NOT_ALLOWED = 405
ENDINGS = ("/withdrawal", "/void", "/token")
"""Operations that take something away from all others stand last."""


Stage = tuple[str, dict[str, object]]
"""A token, and addresses that exist for it."""


def stages() -> dict[str, list[Stage]]:
    """For learners a decided exam and an open one; for mentors a sealed mark and a waiting submission; for
    the operator both attempts."""
    from jobtwin.services.draft import Work, save_draft
    from jobtwin.store.models import Receipt
    from tests.host.people import NOW, started, verified
    from tests.host.web.api import caller
    from tests.host.web.test_api_access import finished

    arguments, people = finished()
    attempt = started(people["sam"])  # type: ignore[arg-type]  # a person
    save_draft(attempt=attempt, work=Work("local:none", "n", {"F1": "yes"}), base_version=0, now=NOW)
    receipt = Receipt.objects.get(attempt=attempt, what="start")
    waiting = verified(people["olga"])  # type: ignore[arg-type]  # a person

    def stage(name: str, **changes: object) -> Stage:
        return caller(people[name]).token, arguments | changes  # type: ignore[arg-type]  # a person

    return {
        "exam": [stage("ada"), stage("sam", attempt_id=attempt.pk, receipt_id=receipt.pk)],
        "marking": [stage("noor"), stage("kit", submission_id=waiting.pk)],
        "operating": [stage("olga"), stage("olga", attempt_id=attempt.pk)],
        "webhooks": [stage("olga")],
    }


@contextmanager
def one_transaction() -> Iterator[None]:
    """Requests keep the test's connection, as with Django's own test client."""
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def test_no_request_is_answered_with_a_fault_or_with_what_the_document_does_not_say() -> None:
    import schemathesis
    from django.core.wsgi import get_wsgi_application
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st
    from schemathesis import checks
    from schemathesis.core.result import Ok
    from schemathesis.specs.openapi import checks as said

    wanted = [
        checks.not_a_server_error,
        said.status_code_conformance,
        said.content_type_conformance,
        said.response_schema_conformance,
    ]
    staged = stages()
    statuses: dict[str, set[int]] = {}
    with one_transaction():
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())

    def try_out(operation: Any) -> None:
        name = operation.definition.raw["operationId"]
        area = operation.path.removeprefix("/api/v1/").partition("/")[0]
        callers = staged.get(area, staged["exam"])

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(), stage=st.sampled_from(callers), there=st.integers(0, 3))
        def send(case: "Case[Any]", stage: Stage, there: int) -> None:
            token, real = stage
            if there:  # three in four requests go to what exists
                for parameter in case.path_parameters:
                    case.path_parameters[parameter] = str(real[parameter])
            response = case.call(headers={"Authorization": f"Bearer {token}"})
            statuses.setdefault(name, set()).add(response.status_code)
            if response.status_code != METHOD_NOT_ALLOWED:
                case.validate_response(response, checks=wanted)

        send()

    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    with one_transaction():
        for operation in sorted(operations, key=lambda one: one.path.endswith(ENDINGS)):
            try_out(operation)
    assert len(statuses) == len(operations)
    reads = {one.definition.raw["operationId"] for one in operations if one.method.lower() == "get"}
    assert [name for name in reads if 200 not in statuses[name]] == []
    assert [name for name, seen in statuses.items() if not seen - {401, 403}] == []

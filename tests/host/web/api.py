"""Callers of the API: each with a token of everything that exists, and Ada's finished exam to ask for."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.test import Client

from jobtwin.services.token import make_token
from jobtwin.store.models import Person, Scope
from tests.host.people import NOW

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

ROOT = "/api/v1"
ALL = tuple(Scope.values)


@dataclass(frozen=True)
class Caller:
    """A program of somebody's; `token` is empty for nobody's."""

    token: str = ""

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> "Answer":
        """One request; header names with `_` for `-`."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        data = "" if body is None else json.dumps(body)
        answer = Client().generic(
            method.upper(), f"{ROOT}{path}", data, content_type="application/json", headers=given
        )
        if answer.streaming:  # reading it to its end closes its file
            vars(answer)["read"] = answer.getvalue()
        return answer

    def get(self, path: str) -> Any:
        """The JSON of a request that works."""
        answer = self("get", path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def do(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """The JSON of a write that works."""
        answer = self(method, path, body, **headers)
        assert answer.status_code in (200, 201), answer.content
        return answer.json()


def caller(person: Person | None, scopes: tuple[str, ...] = ALL) -> Caller:
    """A caller with a fresh token."""
    if person is None:
        return Caller()
    return Caller(make_token(person=person, name="test", scopes=scopes, days=30, now=NOW)[1])


def started_at(ada: Caller, brief: str = "small") -> str:
    """Starts the published exam; the address of the attempt."""
    digest = ada.get(f"/briefs/{brief}")["digest"]
    return f"/attempts/{ada.do('post', '/attempts', {'brief': brief, 'digest': digest})['attempt']['id']}"


def draft(**changes: object) -> dict[str, object]:
    """A whole draft."""
    body: dict[str, object] = {"base_version": 0, "source": "https://git.example.org/ada/capstone"}
    return body | {"notes": "Hello.", "answers": {"F1": "yes", "F3": "yes"}} | changes

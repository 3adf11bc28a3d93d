"""Stand-ins: a clock that is moved by hand and a model server inside the process."""

import json
from collections.abc import Callable, Iterator

import httpx2
import pytest
from starlette.testclient import TestClient

from kerbside.api import create_app
from kerbside.model import ChatModel
from kerbside.settings import Settings, build_model

AMBIGUOUS = "A tree fell on a parked car."


class FakeClock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class FakeServer:
    """Answers chat completions with `content`; keeps the requests that it saw."""

    def __init__(self, content: str = "", status: int = 200, body: bytes | None = None) -> None:
        self.content, self.status, self.body = content, status, body
        self.seen: list[dict] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(json.loads(request.content))
        reply = {"choices": [{"message": {"content": self.content}}]}
        body = json.dumps(reply).encode() if self.body is None else self.body
        return httpx2.Response(self.status, content=body)

    def model(self, **limits: object) -> ChatModel:
        settings = Settings(model_url="http://model.invalid/v1", **limits)
        model = build_model(settings, httpx2.MockTransport(self))
        assert model is not None
        return model


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def connect() -> Iterator[Callable[..., TestClient]]:
    """A client of a service with the given settings and model."""
    clients: list[TestClient] = []

    def make(model: ChatModel | None = None, **settings: object) -> TestClient:
        clients.append(TestClient(create_app(Settings(**settings), model)))
        return clients[-1]

    yield make
    for client in clients:
        client.close()

"""Settings from the environment; each has a default that needs no network."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from kerbside.limits import Breaker, Budget
from kerbside.matching import Matcher, load_passages
from kerbside.model import ChatModel
from kerbside.routing import Router


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits carry their unit in the name. An empty `model_url` means: baseline only."""

    model_url: str = ""
    model_key: str = ""
    model_name: str = "default"
    model_timeout_seconds: float = 5.0
    budget_tokens: int = 200_000
    budget_seconds: float = 3_600.0
    breaker_failures: int = 3
    breaker_seconds: float = 30.0
    api_key: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    max_body_bytes: int = 20_000


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings of an environment. Raises: ValueError that names the variable at fault."""
    given: dict[str, object] = {}
    for name, variable, kind in _VARIABLES:
        raw = environment.get(variable, "").strip()
        if not raw:
            continue
        try:
            given[name] = kind(raw)
        except ValueError:
            raise ValueError(f"{variable} must be a number, not {raw!r}") from None
    settings = Settings(**given)  # type: ignore[arg-type]
    if settings.model_url and not settings.model_url.startswith(("http://", "https://")):
        raise ValueError("OPENAI_BASE_URL must start with http:// or https://")
    return settings


_VARIABLES = (
    ("model_url", "OPENAI_BASE_URL", str),
    ("model_key", "OPENAI_API_KEY", str),
    ("model_name", "KERBSIDE_MODEL", str),
    ("model_timeout_seconds", "KERBSIDE_MODEL_TIMEOUT", float),
    ("budget_tokens", "KERBSIDE_BUDGET_TOKENS", int),
    ("api_key", "KERBSIDE_API_KEY", str),
    ("host", "KERBSIDE_HOST", str),
    ("port", "PORT", int),
)


def build_model(
    settings: Settings, transport: httpx2.BaseTransport | None = None
) -> ChatModel | None:
    """The configured model, or None; `transport` replaces the network in tests."""
    if not settings.model_url:
        return None
    client = httpx2.Client(
        base_url=settings.model_url.rstrip("/") + "/",
        headers={"Authorization": f"Bearer {settings.model_key}"} if settings.model_key else {},
        timeout=settings.model_timeout_seconds,
        transport=transport,
        trust_env=False,
        follow_redirects=False,
    )
    budget = Budget(settings.budget_tokens, settings.budget_seconds, time.monotonic)
    breaker = Breaker(settings.breaker_failures, settings.breaker_seconds, time.monotonic)
    return ChatModel(client, settings.model_name, budget, breaker)


def build_router(model: ChatModel | None) -> Router:
    """A router over the handbook that ships with the package."""
    return Router(Matcher(load_passages()), model)

"""Clients: one request to one model through pydantic-ai, over a connection that reads no more than it must.

The SDKs retry, follow redirects and read replies of any size by themselves; here they do none of it.
No tool is offered and nothing is remembered between calls.
"""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpx2
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError
from pydantic_ai.messages import ModelRequest, SystemPromptPart, TextPart, UserPromptPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings as CallSettings

from jobtwin.core.errors import JobTwinError
from jobtwin.review.model.asking import TIMEOUT, ModelTrouble, Reply
from jobtwin.review.model.endpoint import HttpEndpoint
from jobtwin.review.model.prompt import Prompt
from jobtwin.review.model.settings import ModelSettings

_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_DOWN = frozenset({401, 402, 403, 404, 405, 410})
_LONG = 10.0


class ReplyTooLarge(httpx2.RequestError):
    """A reply is larger than what is read, or packed so that its size cannot be told."""


class BoundedStream(httpx2.AsyncByteStream):
    """A body of at most `most` bytes."""

    def __init__(self, inner: httpx2.AsyncByteStream, most: int) -> None:
        self._inner = inner
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._inner:
            size += len(part)
            if size > self._most:
                raise ReplyTooLarge("the reply is larger than what is read")
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()


class BoundedTransport(httpx2.AsyncBaseTransport):
    """Asks the endpoint's host alone, judged anew for every request, and bounds what is read of a reply."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, endpoint: HttpEndpoint, most: int) -> None:
        self._inner = inner
        self._endpoint = endpoint
        self._most = most

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._endpoint.check_reach()
        request.headers["accept-encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        packed = response.headers.get("content-encoding", "identity").lower() != "identity"
        length = response.headers.get("content-length", "0")
        if packed or not length.isdecimal() or int(length) > self._most:
            await response.aclose()
            raise ReplyTooLarge("the reply is packed or larger than what is read")
        body = response.stream
        if not isinstance(body, httpx2.AsyncByteStream):
            raise ReplyTooLarge("the reply cannot be read in parts")
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=BoundedStream(body, self._most),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass
class PydanticClient:
    """A `Client` over any model of pydantic-ai."""

    name: str
    model: Model
    settings: ModelSettings
    http: httpx2.AsyncClient | None = None

    async def ask(self, prompt: Prompt) -> Reply:
        """One request without tools. Raises ModelTrouble for whatever the server or its reply does."""
        request = ModelRequest(
            parts=[SystemPromptPart(content=prompt.system), UserPromptPart(content=prompt.text)]
        )
        try:
            response = await model_request(
                self.model,
                [request],
                model_settings=self._call_settings(),
                model_request_parameters=self._parameters(prompt),
            )
            text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
            return Reply(text, _count(response.usage.input_tokens), _count(response.usage.output_tokens))
        except Exception as error:
            raise trouble_of(error) from error

    async def close(self) -> None:
        if self.http is not None:
            await self.http.aclose()

    def _call_settings(self) -> CallSettings:
        settings = CallSettings(max_tokens=self.settings.output_tokens, timeout=self.settings.call_seconds)
        if self.settings.temperature is not None and not self._reasons():
            settings["temperature"] = self.settings.temperature
        return settings

    def _reasons(self) -> bool:
        """True for models that refuse sampling settings."""
        profile = self.model.profile
        names = (
            "thinking_always_enabled",
            "openai_supports_reasoning",
            "anthropic_disallows_sampling_settings",
        )
        return any(profile.get(name) for name in names)

    def _parameters(self, prompt: Prompt) -> ModelRequestParameters:
        if not self.model.profile.get("supports_json_schema_output", False):
            return ModelRequestParameters()
        schema = OutputObjectDefinition(json_schema=prompt.schema(), name="answer", strict=True)
        return ModelRequestParameters(output_mode="native", output_object=schema)


def open_client(endpoint: HttpEndpoint, settings: ModelSettings) -> PydanticClient:
    """A client that connects when it is asked."""
    inner = httpx2.AsyncHTTPTransport(proxy=endpoint.proxy or None)
    http = httpx2.AsyncClient(
        transport=BoundedTransport(inner, endpoint, settings.reply_bytes),
        follow_redirects=False,
        trust_env=False,
        timeout=httpx2.Timeout(settings.call_seconds, connect=_LONG),
    )
    return PydanticClient(endpoint.name, _model(endpoint, settings, http), settings, http)


def _model(endpoint: HttpEndpoint, settings: ModelSettings, http: httpx2.AsyncClient) -> Model:
    return (_anthropic if endpoint.provider == "anthropic" else _openai)(endpoint, settings, http)


def _anthropic(endpoint: HttpEndpoint, settings: ModelSettings, http: httpx2.AsyncClient) -> Model:
    # Either SDK takes a second or more to load, so only the one that is asked is.
    from anthropic import AsyncAnthropic  # noqa: PLC0415  see above
    from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415  see above
    from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415  see above

    client = AsyncAnthropic(
        api_key=endpoint.key,
        base_url=endpoint.address,
        max_retries=0,
        timeout=settings.call_seconds,
        http_client=http,
    )
    return AnthropicModel(endpoint.model, provider=AnthropicProvider(anthropic_client=client))


def _openai(endpoint: HttpEndpoint, settings: ModelSettings, http: httpx2.AsyncClient) -> Model:
    from openai import AsyncOpenAI  # noqa: PLC0415  as above
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel  # noqa: PLC0415  as above
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415  as above

    client = AsyncOpenAI(
        api_key=endpoint.key,
        base_url=endpoint.address,
        max_retries=0,
        timeout=settings.call_seconds,
        http_client=http,
    )
    kind = OpenAIChatModel if endpoint.speaks_chat else OpenAIResponsesModel
    return kind(endpoint.model, provider=OpenAIProvider(openai_client=client))


def trouble_of(error: BaseException) -> ModelTrouble:
    """What an exception of the libraries means for the next attempt."""
    if isinstance(error, ModelHTTPError):
        return _of_status(error)
    chain = _causes(error)
    for kinds, trouble in _MEANING:
        if any(isinstance(one, kinds) for one in chain):
            return trouble()
    return ModelTrouble("bad_reply", again=False)


_MEANING: tuple[tuple[tuple[type[BaseException], ...], Callable[[], ModelTrouble]], ...] = (
    ((ReplyTooLarge,), lambda: ModelTrouble("oversized", again=False)),
    ((JobTwinError,), lambda: ModelTrouble("address_refused", again=False, down=True)),
    ((httpx2.TimeoutException, TimeoutError), lambda: ModelTrouble(TIMEOUT, again=True)),
    ((json.JSONDecodeError, UnicodeDecodeError), lambda: ModelTrouble("bad_reply", again=False)),
    ((httpx2.RequestError, ModelAPIError), lambda: ModelTrouble("connection", again=True)),
)


def _of_status(error: ModelHTTPError) -> ModelTrouble:
    status = error.status_code
    after = error.retry_after if status in _AGAIN else None
    return ModelTrouble(f"http_{status}", again=status in _AGAIN, down=status in _DOWN, after=after)


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found and len(found) < 20:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _count(value: object) -> int:
    """Tokens as a server reported them: never negative, never beyond what a call can hold."""
    return min(max(value, 0), 10_000_000) if isinstance(value, int) else 0

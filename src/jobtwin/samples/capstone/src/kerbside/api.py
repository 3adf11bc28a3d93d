"""The HTTP surface: one verb (POST /v1/route) and what operators need beside it."""

import hmac
import json
import re
import time
import uuid

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kerbside import __version__
from kerbside.model import ChatModel
from kerbside.observability import Metrics, log
from kerbside.routing import BadReport, Router
from kerbside.settings import Settings, build_router

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_SELF_TEST = ("The streetlight outside number 12 is dark", "lighting")


class Refused(Exception):
    """A request that is not served; carries the status and a sentence for the caller."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class RequestIds:
    """Gives each request an id (the caller's, if well formed), and logs and counts it once."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        started, status = time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"], (b"x-request-id", request_id.encode()),
                ]  # fmt: skip
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            self._metrics.add("kerbside_requests_total", code=str(status))
            self._metrics.add("kerbside_request_seconds_total", seconds)
            fields = {"request_id": request_id, "code": status, "ms": round(seconds * 1000, 1)}
            log.info("request", extra={"fields": fields})


class Service:
    """The handlers, with what they need."""

    def __init__(self, settings: Settings, router: Router, model: ChatModel | None) -> None:
        self._settings, self._router, self._model = settings, router, model
        self.metrics = Metrics()

    async def route(self, request: Request) -> Response:
        """Decide about one report: {"text": "..."} -> a decision."""
        self._authorise(request)
        text = _report_text(await self._body(request))
        try:
            decision = await run_in_threadpool(self._router.route, text)
        except BadReport as error:
            raise Refused(422, str(error)) from None
        self.metrics.add("kerbside_decisions_total", status=decision.status, by=decision.decided_by)
        fields = {
            "request_id": request.state.request_id,
            "status": decision.status,
            "department": decision.department,
            "by": decision.decided_by,
            "characters": len(text),
        }
        log.info("decision", extra={"fields": fields})
        return JSONResponse(decision.as_json())

    async def alive(self, _: Request) -> Response:
        """The process answers; nothing else is asked."""
        return JSONResponse({"status": "ok", "version": __version__})

    async def ready(self, _: Request) -> Response:
        """A known report goes where it must. A broken model degrades, it does not unready."""
        text, expected = _SELF_TEST
        works = self._router.route(text).department == expected
        model = "off" if self._model is None else "open" if self._model.breaker.is_open else "ok"
        return JSONResponse({"ready": works, "model": model}, status_code=200 if works else 503)

    async def counters(self, _: Request) -> Response:
        """Counters for a scraper."""
        return PlainTextResponse(self.metrics.render(), media_type="text/plain; version=0.0.4")

    def _authorise(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        wanted = f"Bearer {self._settings.api_key}".encode()
        if self._settings.api_key and not hmac.compare_digest(given, wanted):
            raise Refused(401, "Send the API key as a bearer token.")

    async def _body(self, request: Request) -> bytes:
        received = bytearray()
        async for chunk in request.stream():
            received += chunk
            if len(received) > self._settings.max_body_bytes:
                raise Refused(413, f"A body has at most {self._settings.max_body_bytes} bytes.")
        return bytes(received)


def _report_text(body: bytes) -> str:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "The body is not JSON.") from None
    text = data.get("text") if isinstance(data, dict) else None
    if not isinstance(text, str):
        raise Refused(422, 'The body must be an object with a string "text".')
    return text


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, Refused) else 500
    return JSONResponse(
        {"error": str(error), "request_id": request.state.request_id}, status_code=status
    )


def create_app(
    settings: Settings, model: ChatModel | None = None, router: Router | None = None
) -> ASGIApp:
    """The application; `model` may be None (baseline only)."""
    service = Service(settings, router or build_router(model), model)
    app = Starlette(
        routes=[
            Route("/v1/route", service.route, methods=["POST"]),
            Route("/healthz", service.alive),
            Route("/readyz", service.ready),
            Route("/metrics", service.counters),
        ],
        exception_handlers={Refused: _refused},
    )
    return RequestIds(app, service.metrics)

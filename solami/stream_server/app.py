"""The web application: one realtime socket and a few plain pages about the server."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import asdict

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from solami.errors import CapacityError, ProtocolError
from solami.stream_server.auth import chosen_subprotocol, has_allowed_origin, has_valid_key
from solami.stream_server.backend import Backend
from solami.stream_server.config import ServerConfig
from solami.stream_server.connection import close_socket, serve_connection
from solami.stream_server.events import error_body, server_event
from solami.stream_server.hosting import HostedSession
from solami.stream_server.pages import web_routes
from solami.stream_server.protocol import PROTOCOL_VERSION, CloseCode
from solami.stream_server.worker import ComputeWorker

_CANNOT_RESUME = (CloseCode.POLICY, "resume_failed", "This session, or what you lack of it, is gone; start a new one.")


class Server:
    """The routes and what they share."""

    def __init__(self, backend: Backend, config: ServerConfig) -> None:
        self._backend, self._config = backend, config
        self._worker = ComputeWorker(backend, config.pacing)
        self._registry = CollectorRegistry()
        self._hosted: dict[str, HostedSession] = {}  # by resume token
        sessions = Gauge("solami_sessions", "sessions, those without their client included", registry=self._registry)
        sessions.set_function(lambda: len(self._hosted))
        self._refused = Counter("solami_refused", "connections refused", ["code"], registry=self._registry)

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Run the compute thread as long as the application."""
        with self._worker:
            yield

    async def realtime(self, socket: WebSocket) -> None:
        """`/v1/realtime`."""
        await socket.accept(chosen_subprotocol(socket.headers))
        refusal = self._refusal(socket)
        if refusal is not None:
            await self._refuse(socket, *refusal)
            return
        hosted = self._hosted.get(socket.query_params.get("resume", "")) or self._new_session(socket)
        try:
            attachment = hosted.attach(int(socket.query_params.get("received", 0)))
        except (ProtocolError, ValueError):
            await self._refuse(socket, *_CANNOT_RESUME)
            return
        if "resume" in socket.query_params:
            await socket.send_text(hosted.resumed(attachment))
        await serve_connection(socket, hosted, attachment, self._config)

    def _new_session(self, socket: WebSocket) -> HostedSession:
        settings, name = self._config.session, socket.query_params.get("model")
        if name in {card.name for card in self._backend.personas()}:  # where stock OpenAI clients say whom they want
            settings = settings.model_copy(update={"persona": name})
        hosted = HostedSession(self._worker, self._config, settings)
        self._hosted[hosted.token] = hosted
        hosted.over.add_done_callback(lambda _: self._hosted.pop(hosted.token))
        return hosted

    async def _refuse(self, socket: WebSocket, close_code: CloseCode, code: str, message: str) -> None:
        self._refused.labels(code).inc()
        retry_s = self._config.retry_after_s if code == "session_limit_reached" else None
        body = error_body(code, message, retry_after_s=retry_s)
        await socket.send_text(server_event("error", "event_0", error=body))
        await close_socket(socket, close_code, code)

    def _refusal(self, socket: WebSocket) -> tuple[CloseCode, str, str] | None:
        """Why this client is not served, before any model work: close code, error code, sentence."""
        if not has_allowed_origin(socket.headers, self._config):
            return CloseCode.POLICY, "origin_not_allowed", "This web page's origin may not connect."
        if not has_valid_key(socket.headers, self._config):
            return CloseCode.POLICY, "invalid_api_key", "Send the key as bearer token or subprotocol solami-key.<key>."
        version = socket.query_params.get("protocol", PROTOCOL_VERSION)
        if version.partition(".")[0] != PROTOCOL_VERSION.partition(".")[0]:
            message = f"This server speaks protocol {PROTOCOL_VERSION}; got {version[:16]!r}."
            return CloseCode.PROTOCOL, "unsupported_protocol", message
        if "resume" in socket.query_params:
            return None if socket.query_params["resume"] in self._hosted else _CANNOT_RESUME
        if self._worker.num_lanes >= self._config.max_sessions:
            return CloseCode.TRY_AGAIN, "session_limit_reached", "All sessions are taken; try again later."
        try:
            self._worker.check_room()
        except CapacityError as error:
            return CloseCode.TRY_AGAIN, "session_limit_reached", str(error)
        return None

    async def healthz(self, _: Request) -> Response:
        """The event loop answers."""
        return PlainTextResponse("ok")

    async def readyz(self, _: Request) -> Response:
        """Sessions can be served."""
        is_ready = self._worker.is_alive
        return PlainTextResponse("ready" if is_ready else "the compute thread is down", 200 if is_ready else 503)

    async def personas(self, _: Request) -> Response:
        """The characters that `session.update` may name."""
        return JSONResponse({"data": [asdict(card) for card in self._backend.personas()]})

    async def metrics(self, _: Request) -> Response:
        """Prometheus text."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)


def create_app(backend: Backend, config: ServerConfig) -> Starlette:
    """The application for an ASGI server."""
    server = Server(backend, config)
    routes = [
        WebSocketRoute("/v1/realtime", server.realtime),
        Route("/v1/personas", server.personas),
        Route("/healthz", server.healthz),
        Route("/readyz", server.readyz),
        Route("/metrics", server.metrics),
        *web_routes(config.web_root),
    ]
    return Starlette(routes=routes, lifespan=server.lifespan)

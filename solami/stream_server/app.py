"""The web application: one realtime socket and a few plain pages about the server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import asdict

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from solami.errors import ProtocolError
from solami.stream_server.admission import RESUME_FAILED, Refusal, refusal_for_room, refusal_of_stranger
from solami.stream_server.attachment import Attachment
from solami.stream_server.auth import chosen_subprotocol, key_index
from solami.stream_server.backend import Backend
from solami.stream_server.compute import Compute
from solami.stream_server.config import ServerConfig
from solami.stream_server.connection import close_socket, serve_connection
from solami.stream_server.hosting import HostedSession
from solami.stream_server.logs import session_id
from solami.stream_server.pages import MotionDecoderPage, web_routes
from solami.stream_server.protocol import CloseCode
from solami.stream_server.server_events import error_body, server_event
from solami.stream_server.session_table import SessionTable
from solami.stream_server.settings import MOTION_DECODER_PATH

logger = logging.getLogger(__name__)

_MAX_COUNT_DIGITS = 15


class Server:
    """The routes and what they share."""

    def __init__(self, backend: Backend, config: ServerConfig) -> None:
        self._backend, self._config = backend, config
        self._compute = Compute(backend, config.pacing, config.stuck_s)
        self._table = SessionTable(self._compute, config)
        self._table.metrics.watch(lambda: self._compute.worker.report())
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Run the compute thread as long as the application."""
        self._loop = asyncio.get_running_loop()
        self._compute.worker.__enter__()
        watch = asyncio.create_task(self._compute.watch())
        try:
            yield
        finally:
            watch.cancel()
            self._compute.worker.__exit__()

    def drain(self) -> None:
        """From any thread: let replies end, then end all sessions; returns when that is done."""
        if self._loop is not None and self._loop.is_running():
            asyncio.run_coroutine_threadsafe(self._table.drain(self._config.drain_s), self._loop).result()

    async def realtime(self, socket: WebSocket) -> None:
        """`/v1/realtime`."""
        await socket.accept(chosen_subprotocol(socket.headers))
        refusal = refusal_of_stranger(socket.headers, socket.query_params, self._config)
        opened = refusal or self._resume(socket) or self._open(socket)
        if isinstance(opened, Refusal):
            await self._refuse(socket, opened)
            return
        hosted, attachment = opened
        session_id.set(hosted.id)
        if "resume" in socket.query_params:
            self._table.metrics.resumed.inc()
            await socket.send_text(hosted.resumed(attachment))
        await serve_connection(socket, hosted, attachment, self._config)

    def _resume(self, socket: WebSocket) -> tuple[HostedSession, Attachment] | Refusal | None:
        """The session that the client asks to go on with; None if it asks for none."""
        token, received = socket.query_params.get("resume"), socket.query_params.get("received", "0")
        if token is None:
            return None
        hosted = self._table.find(token, self._key(socket))
        if hosted is None or not received.isdecimal() or len(received) > _MAX_COUNT_DIGITS:
            return Refusal(CloseCode.POLICY, "resume_failed", RESUME_FAILED)
        try:
            return hosted, hosted.attach(int(received))
        except ProtocolError:
            return Refusal(CloseCode.POLICY, "resume_failed", RESUME_FAILED)

    def _open(self, socket: WebSocket) -> tuple[HostedSession, Attachment] | Refusal:
        """A new session, if there is room."""
        key, table = self._key(socket), self._table
        reason = "the server is stopping" if table.is_draining else self._compute.why_not_ready()
        if reason is not None:
            return Refusal(CloseCode.TRY_AGAIN, "not_ready", f"No new sessions: {reason}.")
        refusal = refusal_for_room(self._compute.worker, self._config, len(table), table.of_key(key))
        if refusal is not None:
            return refusal
        settings, name = self._config.session, socket.query_params.get("model")
        if name in {card.name for card in self._backend.personas()}:  # where stock OpenAI clients say whom they want
            settings = settings.model_copy(update={"persona": name})
        hosted = table.open(settings, key)
        return hosted, hosted.attach()

    def _key(self, socket: WebSocket) -> int:
        index = key_index(socket.headers, self._config)
        assert index is not None  # strangers have been refused
        return index

    async def _refuse(self, socket: WebSocket, refusal: Refusal) -> None:
        self._table.metrics.refused.labels(refusal.code).inc()
        logger.info("a connection was refused: %s", refusal.code)
        retry_s = self._config.retry_after_s if refusal.close_code is CloseCode.TRY_AGAIN else None
        body = error_body(refusal.code, refusal.message, retry_after_s=retry_s)
        await socket.send_text(server_event("error", "event_0", error=body))
        await close_socket(socket, refusal.close_code, refusal.code)

    async def healthz(self, _: Request) -> Response:
        """The event loop answers."""
        return PlainTextResponse("ok")

    async def readyz(self, _: Request) -> Response:
        """New sessions can be served: the compute thread lives and moves, and the server is not stopping."""
        reason = "the server is stopping" if self._table.is_draining else self._compute.why_not_ready()
        return PlainTextResponse(reason or "ready", 200 if reason is None else 503)

    async def personas(self, _: Request) -> Response:
        """The characters that `session.update` may name."""
        return JSONResponse({"data": [asdict(card) for card in self._backend.personas()]})

    async def metrics(self, _: Request) -> Response:
        """Prometheus text."""
        return Response(self._table.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def create_app(backend: Backend, config: ServerConfig) -> Starlette:
    """The application for an ASGI server; `app.state.drain()` makes it ready to stop."""
    server = Server(backend, config)
    routes = [
        WebSocketRoute("/v1/realtime", server.realtime),
        Route("/v1/personas", server.personas),
        Route("/healthz", server.healthz),
        Route("/readyz", server.readyz),
        Route("/metrics", server.metrics),
        Route(MOTION_DECODER_PATH, MotionDecoderPage(backend).__call__),
        *web_routes(config.web_root),
    ]
    app = Starlette(routes=routes, lifespan=server.lifespan)
    app.state.drain = server.drain
    return app

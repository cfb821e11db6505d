"""The plain files a browser asks for: the built web client at `/` and an avatar. Not the realtime socket."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from solami.body.vrm import write_vrm
from solami.errors import ConfigError
from solami.stream_server.backend import Backend, GivesMotionCodes

_Scope = MutableMapping[str, Any]
_App = Callable[[_Scope, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]
_CONTENT_POLICY = (
    "default-src 'self'; connect-src 'self' ws: wss: blob:; img-src 'self' data: blob:; media-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'"
)


class AvatarPage:
    """`/v1/avatar.vrm`: the mannequin, carved when it is first asked for, off the event loop."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._body: bytes | None = None

    async def __call__(self, _: Request) -> Response:
        """The file."""
        async with self._lock:
            if self._body is None:
                self._body = await asyncio.to_thread(_carve)
        headers = {"cache-control": "max-age=3600"}
        return Response(self._body, media_type="model/gltf-binary", headers=headers)


class MotionDecoderPage:
    """`/v1/models/motion_decoder.onnx`: made when it is first asked for, off the event loop."""

    def __init__(self, backend: Backend) -> None:
        self._backend, self._lock = backend, asyncio.Lock()
        self._model: bytes | None = None

    async def __call__(self, _: Request) -> Response:
        """The file; 404 with the reason where there is none."""
        backend = self._backend
        if not isinstance(backend, GivesMotionCodes) or backend.motion_books() is None:
            return PlainTextResponse("This model's motion has no codes.\n", 404)
        async with self._lock:
            try:
                self._model = self._model or await asyncio.to_thread(backend.motion_decoder)
            except ConfigError as error:
                return PlainTextResponse(f"{error}\n", 404)
        headers = {"cache-control": "max-age=3600"}
        return Response(self._model, media_type="application/octet-stream", headers=headers)


def web_routes(web_root: Path | None) -> list[BaseRoute]:
    """The avatar and the web client; without a `web_root` the root says how to build one.

    Raises:
        ConfigError: `web_root` holds no built client.
    """
    page = AvatarPage()  # a VRM is a GLB too
    avatars = [Route(f"/v1/avatar.{ending}", page.__call__) for ending in ("vrm", "glb")]
    if web_root is None:
        return [*avatars, Route("/", _no_client)]
    if not (web_root / "index.html").is_file():
        raise ConfigError(f"server.web_root: no index.html in {web_root}; build the web client with: make web")
    return [*avatars, Mount("/", _with_policy(StaticFiles(directory=web_root, html=True)))]


async def _no_client(_: Request) -> Response:
    return PlainTextResponse("This server has no web client. Build and serve one with: make serve\n")


def _with_policy(app: _App) -> _App:
    """The application with headers that keep a page from asking anybody else for anything."""
    extra = [(b"content-security-policy", _CONTENT_POLICY.encode()), (b"x-content-type-options", b"nosniff")]

    async def answer(
        scope: _Scope, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        async def send_with_policy(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await app(scope, receive, send_with_policy)

    return answer


def _carve() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "avatar.vrm"
        write_vrm(path)
        return path.read_bytes()

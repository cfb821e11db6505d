"""The routes, and who is let in, over a real socket."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from solami.client.client import connect
from solami.errors import CapacityError, ProtocolError
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server


@contextmanager
def _serve(**config: object) -> Iterator[str]:
    settings = ServerConfig.model_validate(config)
    with background_server(create_app(ScriptedBackend(), settings), settings) as url:
        yield url


async def _refusal(url: str) -> Exception:
    with pytest.raises((ProtocolError, CapacityError)) as caught:
        async with connect(url):
            pass
    return caught.value


def test_a_full_server_says_so() -> None:
    """One session too many is refused with the time to try again."""

    async def main(url: str) -> None:
        async with connect(url) as first:
            await first.update(seed=1)
            refusal = await _refusal(url)
            assert isinstance(refusal, CapacityError) and refusal.retry_after_s == 2.5

    with _serve(max_sessions=1, retry_after_s=2.5) as url:
        asyncio.run(main(url))


def test_a_key_is_asked_for() -> None:
    """With an api_key set, only clients that carry it are served."""

    async def main(url: str) -> None:
        async with connect(url, api_key="secret") as client:
            assert client.session["model"] == "scripted"
        refusal = await _refusal(url)
        assert isinstance(refusal, ProtocolError) and refusal.code == "invalid_api_key"

    with _serve(api_key="secret") as url:
        asyncio.run(main(url))


def test_another_major_version_is_refused() -> None:
    """A client of protocol 2 learns at once that it will not be understood; a later minor version is welcome."""

    async def main(url: str) -> None:
        async with connect(url + "?protocol=1.7") as client:
            assert client.session["id"]
        refusal = await _refusal(url + "?protocol=2.0")
        assert isinstance(refusal, ProtocolError) and refusal.code == "unsupported_protocol"

    with _serve() as url:
        asyncio.run(main(url))


def test_plain_pages() -> None:
    """Health, readiness, personas and metrics answer."""
    with _serve() as url:
        base = url.replace("ws://", "http://").removesuffix("/v1/realtime")
        pages = {path: httpx.get(base + path) for path in ("/healthz", "/readyz", "/v1/personas", "/metrics")}
    assert all(page.status_code == 200 for page in pages.values())
    assert pages["/v1/personas"].json()["data"][0]["name"] == "ada"
    assert "solami_sessions" in pages["/metrics"].text

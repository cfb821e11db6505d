"""The first words of a connection, headers and query, against those that nobody should send."""

import asyncio
from collections.abc import Callable
from urllib.parse import quote

import pytest
import websockets
from hypothesis import strategies as st
from starlette.datastructures import Headers, QueryParams

from solami.errors import ProtocolError
from solami.stream_server.admission import refusal_of_stranger
from solami.stream_server.app import create_app
from solami.stream_server.auth import chosen_subprotocol, has_allowed_origin, key_index
from solami.stream_server.config import ServerConfig
from solami.stream_server.protocol import unpack_codes
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server

Fuzz = Callable[..., None]
LOCKED = ServerConfig.model_validate({"api_key": "secret", "allowed_origins": ["https://here.example"]})
latin = st.text(st.characters(max_codepoint=255), max_size=40)
origins = latin | latin.map(lambda text: f"http://{text}") | st.sampled_from(["http://[", "http://[::1]:80", "//", ":"])
keys = latin | latin.map(lambda text: f"Bearer {text}") | st.sampled_from(["Bearer", "bearer  secret", "Basic secret"])
offers = latin | st.lists(latin | st.just("solami.v1") | latin.map(lambda t: f"openai-insecure-api-key.{t}")).map(
    ", ".join
)


def test_headers(fuzz: Fuzz) -> None:
    """Any header gets a yes or a no; without the key it is no."""
    names = {"origin": origins, "authorization": keys, "sec-websocket-protocol": offers, "host": origins}

    def judge(headers: dict[str, str]) -> None:
        given = Headers(headers)
        has_allowed_origin(given, LOCKED)
        assert chosen_subprotocol(given) in (None, "realtime", "solami.v1")
        assert key_index(given, LOCKED) is None or "secret" in str(headers)

    fuzz(st.fixed_dictionaries({}, optional=names), judge, (), 1000)


def test_queries(fuzz: Fuzz) -> None:
    """Any query of a stranger is admitted or refused with one sentence."""
    queries = st.dictionaries(st.sampled_from(["protocol", "resume", "received", "model"]) | st.text(max_size=5), latin)

    def judge(query: dict[str, str]) -> None:
        refused = refusal_of_stranger(Headers({"authorization": "Bearer secret"}), QueryParams(query), LOCKED)
        assert refused is None or (refused.message and "Traceback" not in refused.message)

    fuzz(queries, judge, (), 500)


def test_motion_codes(fuzz: Fuzz) -> None:
    """Codes of the character's motion decode to whole frames or are refused."""

    def decode(given: tuple[bytes, int]) -> None:
        codes = unpack_codes(*given)
        assert codes.shape[1] == given[1] and codes.astype("<u2").tobytes() == given[0]

    fuzz(st.tuples(st.binary(max_size=40), st.integers(1, 5)), decode, ProtocolError, 500)


@pytest.mark.parametrize("received", ["\u00b2", "-1", "+1", "1e3", "9" * 40, "", " 1", "\u0663", "0x1"])
def test_counts_that_are_none_resume_nothing(received: str) -> None:
    """With a true token and a count that is no number the resume fails plainly, and the session is still there."""
    config = ServerConfig()

    async def main(url: str) -> None:
        socket = await websockets.connect(url)
        token = str(await socket.recv()).split('"token":')[1].split('"')[1]
        socket.transport.abort()
        async with websockets.connect(f"{url}?resume={token}&received={quote(received)}") as again:
            assert "resume_failed" in str(await again.recv())
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await again.recv()
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 1008
        async with websockets.connect(f"{url}?resume={token}&received=1") as again:
            assert "session.resumed" in str(await again.recv())

    with background_server(create_app(ScriptedBackend(), config), config) as url:
        asyncio.run(main(url))

"""A client that decodes motion itself, with the decoder it gets from the server."""

import asyncio
import json

import httpx
import numpy as np
import pytest

from solami.build import build_backend
from solami.client.client import RealtimeClient, connect
from solami.config import load_serve_config
from solami.stream_server.app import create_app
from solami.stream_server.protocol import MediaFrame, MediaType, unpack_codes
from solami.stream_server.serving import background_server
from solami.stream_server.vrm import POSE_FLOATS

onnxruntime = pytest.importorskip("onnxruntime", reason="needs the export extra: pip install 'solami[export]'")


async def _motion(url: str, output_motion: str) -> tuple[list[MediaFrame], str]:
    """The motion frames of one typed turn, and the digest of its ids."""
    frames: list[MediaFrame] = []
    async with connect(url) as client:
        await client.update(turn_detection=None, media="binary", seed=5, output_motion=output_motion)
        await client.send_text("Hello, can you wave to me?")
        await client.commit()
        return await _until_done(client, frames)


async def _until_done(client: RealtimeClient, frames: list[MediaFrame]) -> tuple[list[MediaFrame], str]:
    async for arrival in client.arrivals():
        message = arrival.message
        if isinstance(message, MediaFrame):
            if message.type in (MediaType.AGENT_MOTION, MediaType.MOTION_CODES):
                frames.append(message)
        elif message["type"] == "response.done":
            return frames, message["response"]["ids_sha256"]
    raise AssertionError("arrivals never ends")


@pytest.mark.weights
@pytest.mark.slow
def test_codes_become_the_poses_that_the_server_would_send() -> None:
    """The same turn as codes, decoded by the served ONNX file, gives the poses of the turn as poses."""
    settings = load_serve_config("default", [])
    with background_server(create_app(build_backend(settings), settings.server), settings.server) as url:
        poses, digest = asyncio.run(_motion(url, "poses"))
        codes, again = asyncio.run(_motion(url, "codes"))
        page = httpx.get(
            url.replace("ws://", "http://").replace("/realtime", "/models/motion_decoder.onnx"), timeout=60
        )
    assert digest == again and {frame.type for frame in codes} == {MediaType.MOTION_CODES}
    assert [frame.sample for frame in codes] == [frame.sample for frame in poses]
    session = onnxruntime.InferenceSession(page.content, providers=["CPUExecutionProvider"])
    (count,), state = session.get_inputs()[0].shape, np.zeros(session.get_inputs()[1].shape, np.float32)
    decoded = []
    for row in unpack_codes(b"".join(frame.payload for frame in codes), count):
        four, state = session.run(None, {"codes": row.astype(np.int64), "state": state})
        decoded.append(four)
    sent = np.frombuffer(b"".join(frame.payload for frame in poses), "<f4").reshape(-1, POSE_FLOATS)
    mine = np.concatenate(decoded)
    assert len(mine) == len(sent) and sum(len(f.payload) for f in codes) * 8 / (len(sent) / 30) < 1000  # bits a second
    np.testing.assert_allclose(mine[:, :3], sent[:, :3], atol=1e-3)
    turned = np.abs(np.sum(mine[:, 3:].reshape(-1, 55, 4) * sent[:, 3:].reshape(-1, 55, 4), axis=-1))
    assert turned.min() > 1 - 1e-6, json.dumps(float(turned.min()))

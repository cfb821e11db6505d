"""Sound against picture, end to end: a client that plays the click-and-flip stream and looks at what it shows."""

from __future__ import annotations

import asyncio
import time

import numpy as np

from solami.client.client import UserInput, connect
from solami.errors import SolamiError
from solami.evaluation.latency import INPUT_SETTINGS
from solami.evaluation.load import FRAME_S, Listener
from solami.evaluation.load_rows import Heard
from solami.frames import FloatArray
from solami.stream_server.click_flip import CLICK_PEAK, is_flipped
from solami.stream_server.protocol import MediaType, pcm16_to_samples
from solami.stream_server.vrm import unpack_poses


async def click_flip_skews_ms(url: str, buffer_s: float = 0.1) -> list[float]:
    """Of each click: the sample heard when the first frame with its flip is drawn, minus the click's; milliseconds.

    Raises SolamiError when what was seen has more or fewer flips than what was heard has clicks.
    """
    async with connect(url) as client:
        await client.update(**(INPUT_SETTINGS | {"input_audio_format": None}))
        listener = Listener(client, buffer_s)
        await client.stream(UserInput(text="go"))
        listener.committed_s = await client.commit()
        listening = asyncio.create_task(listener.listen())
        try:
            flips = await _watch(listener, listening)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        rate = int(client.session["output_audio_rate"])
    clicks = _clicks(listener.replies[-1])
    if not clicks or len(clicks) != len(flips):
        raise SolamiError(f"heard {len(clicks)} clicks and saw {len(flips)} flips; is this the click-flip stream?")
    return [1000 * (flip - click) / rate for flip, click in zip(flips, clicks, strict=True)]


async def _watch(listener: Listener, listening: asyncio.Task[None]) -> list[int]:
    """The sample heard at each frame on which the wrist has turned."""
    flips: list[int] = []
    turned: list[bool] = []
    taken, was_turned = 0, False
    while not (listener.player and listener.player.is_over(time.perf_counter())):
        if listening.done():
            listening.result()
        await asyncio.sleep(FRAME_S)
        if listener.player is None:
            continue
        frames = listener.replies[-1].frames
        for frame in frames[taken:]:
            if frame.type is MediaType.AGENT_MOTION:
                turned += is_flipped(unpack_poses(frame.payload, 30.0)).tolist()
        taken = len(frames)
        now_s = time.perf_counter()
        shown = listener.player.render(now_s)
        if shown is not None and turned[shown] != was_turned:
            flips.append(listener.player.heard(now_s))
            was_turned = turned[shown]
    return flips


def _clicks(reply: Heard) -> list[int]:
    """The samples on which the clicks that came are centred."""
    pieces = [pcm16_to_samples(frame.payload) for frame in reply.frames if frame.type is MediaType.AUDIO]
    return peaks(np.concatenate(pieces)) if pieces else []


def peaks(samples: FloatArray) -> list[int]:
    """The largest sample of every run that is louder than half a click."""
    loud = np.flatnonzero(samples > CLICK_PEAK / 2)
    runs = np.split(loud, np.flatnonzero(np.diff(loud) > 1) + 1) if len(loud) else []
    return [int(run[samples[run].argmax()]) for run in runs]

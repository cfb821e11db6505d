"""How soon a character that is interrupted falls silent and listens, seen by a client over a real socket."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from solami.client.client import RealtimeClient, UserInput, connect
from solami.errors import ProtocolError
from solami.evaluation.latency import INPUT_SETTINGS, percentile
from solami.stream_server.protocol import MediaFrame, MediaType

LISTENING_WAIT_S = 2.0  # for a listening pose


@dataclass(frozen=True, slots=True)
class BargeIn:
    """Milliseconds from `response.cancel`, sent at the first sound of a reply."""

    silence_ms: float  # to `response.done`, behind which no sound comes
    listening_ms: float | None  # to the first listening pose; none where the model has no idle motion


async def time_barge_in(url: str, user: UserInput, turns: int) -> list[BargeIn]:
    """Interrupt so many replies, each in a session of its own."""
    return [await _barge_in(url, user, seed) for seed in range(turns)]


async def _barge_in(url: str, user: UserInput, seed: int) -> BargeIn:
    async with connect(url) as client:
        settings = INPUT_SETTINGS | {"input_motion": {"fps": 30} if user.motion else None, "idle_motion": True}
        await client.update(seed=seed, **settings)
        await client.stream(user, 0)
        await client.commit()
        sent_s = await _first_sound(client)
        await client.send_event("response.cancel")
        silent_s = 0.0
        try:
            async for arrival in client.arrivals(LISTENING_WAIT_S):
                message = arrival.message
                if isinstance(message, dict):
                    silent_s = arrival.at_s if message["type"] == "response.done" else silent_s
                elif silent_s and message.type is MediaType.AGENT_MOTION and message.epoch == 0:
                    return BargeIn(1000 * (silent_s - sent_s), 1000 * (arrival.at_s - sent_s))
        except ProtocolError as error:
            if error.code != "timeout" or not silent_s:
                raise
        return BargeIn(1000 * (silent_s - sent_s), None)


async def _first_sound(client: RealtimeClient) -> float:
    """When the reply's first sound has come."""
    async for arrival in client.arrivals():
        if isinstance(arrival.message, MediaFrame) and arrival.message.type is MediaType.AUDIO:
            return time.perf_counter()
    raise AssertionError("arrivals never ends")


def barge_ins_of(found: Sequence[BargeIn]) -> dict[str, float | None]:
    """To silence, and to the first listening pose."""
    listening = [each.listening_ms for each in found if each.listening_ms is not None]
    return {
        "barge_in_ms_p95": percentile([each.silence_ms for each in found], 95),
        "barge_in_to_listening_ms_p95": percentile(listening, 95) if listening else None,
    }

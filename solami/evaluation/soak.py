"""One long conversation over a real socket, faster than life, and what it does to the server's memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from solami.client.client import RealtimeClient, UserInput, connect
from solami.errors import SolamiError
from solami.evaluation.latency import INPUT_SETTINGS
from solami.stream_server.protocol import MediaFrame, MediaType

WARM_TURNS = 50  # before the memory that later is compared to
_REPLY_TIMEOUT_S = 300.0


async def soak(url: str, user: UserInput, turns: int, pace: float, memory: Callable[[], int]) -> dict[str, Any]:
    """Have `turns` turns in one session; `memory` is asked after turn 50, or a ninth of fewer turns, and at the end."""
    warm = min(WARM_TURNS, max(1, turns // 9))
    warm_bytes = 0
    completed, said_s = 0, 0.0
    async with connect(url) as client:
        await client.update(input_motion={"fps": 30} if user.motion else None, **INPUT_SETTINGS)
        rate = int(client.session["output_audio_rate"])
        for turn in range(1, turns + 1):
            await client.stream(user, pace)
            await client.commit()
            done = await _hear(client)
            completed += done["status"] in ("completed", "incomplete")
            said_s += done["audio_samples"] / rate
            if turn == warm:
                warm_bytes = memory()
    end_bytes = memory()
    return {
        "turns": turns,
        "completed": completed,
        "user_s": round(turns * _seconds(user), 1),
        "said_s": round(said_s, 1),
        "warm_after_turns": warm,
        "memory_mb_warm": round(warm_bytes / 2**20, 1),
        "memory_mb_end": round(end_bytes / 2**20, 1),
        "memory_growth": round(end_bytes / warm_bytes - 1, 4),
    }


async def _hear(client: RealtimeClient) -> dict[str, Any]:
    """One reply, played as fast as it comes, and reported so, or the server would wait for us to listen."""
    async for arrival in client.arrivals(_REPLY_TIMEOUT_S):
        message = arrival.message
        if isinstance(message, MediaFrame):
            if message.type is MediaType.AUDIO:
                played = message.sample + len(message.payload) // 2
                await client.send_event("output.playback", response_id=f"resp_{message.epoch}", sample=played)
        elif message["type"] == "response.done":
            done: dict[str, Any] = message["response"]
            return done
    raise SolamiError("the server closed in the middle of a reply")


def _seconds(user: UserInput) -> float:
    return len(user.audio.samples) / user.audio.sample_rate if user.audio else 0.0

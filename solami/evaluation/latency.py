"""How soon and how fast replies come: a real server and client over loopback, and the pipeline alone for comparisons.

Response latency and real-time factor are the server's own, of `response.done` (docs/protocol.md).
"""

from __future__ import annotations

import os
import platform
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from solami.client.client import UserInput, connect
from solami.client.recording import record_reply
from solami.errors import SolamiError
from solami.frames import AudioChunk
from solami.stream_server.backend import Backend, Conversation

AUDIBLE = 10 ** (-40 / 20)  # the sample that ends response latency is louder than -40 dBFS
INPUT_SETTINGS = {"media": "binary", "turn_detection": None, "input_audio_format": {"type": "pcm16", "rate": 16000}}


async def time_turns(url: str, user: UserInput, turns: int, pace: float) -> list[dict[str, Any]]:
    """The `response` of `response.done` of each turn; one fresh session and seed a turn."""
    done = []
    for seed in range(turns):
        async with connect(url) as client:
            await client.update(seed=seed, input_motion={"fps": 30} if user.motion else None, **INPUT_SETTINGS)
            await client.stream(user, pace)
            done.append((await record_reply(client, await client.commit())).done)
    return done


def waits_of(done: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Response latency over some turns, how many had none, and in how many the body moved later than the voice."""
    waits_ms = [row["response_latency_ms"] for row in done if row.get("response_latency_ms") is not None]
    shares = (50, 95, 99)
    found = {f"response_latency_ms_p{share}": percentile(waits_ms, share) if waits_ms else None for share in shares}
    late = sum(row["first_motion_ms"] > row["first_audio_ms"] for row in done if row["first_audio_ms"] is not None)
    return found | {"silent_replies": len(done) - len(waits_ms), "motion_after_audio": late, "rules": rules_of(done)}


def rules_of(done: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Replies that each degradation rule made cheaper."""
    return dict(Counter(rule for row in done for rule in row.get("rules", ())))


def stages_of(done: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Every stage of the latency budget over some turns: what was planned, and percentiles of what was spent."""
    planned: dict[str, float] = {}
    spent: dict[str, list[float]] = {}
    for row in (row for turn in done for row in turn["budget"]):
        planned[row["stage"]] = row["planned_ms"]
        spent.setdefault(row["stage"], []).append(row["spent_ms"])
    return {
        stage: {"planned_ms": planned[stage]} | {f"p{share}": percentile(values, share) for share in (50, 95, 99)}
        for stage, values in spent.items()
    }


def streaming_against_whole(
    backend: Backend, persona: str, user: UserInput, reply_s: float = 10.0, seeds: Sequence[int] = (0, 1, 2)
) -> tuple[float, float]:
    """Seconds from the end of the input to the first audible sample: streamed, and with everything done at the end.

    The reply has `reply_s` seconds, forced; medians over the seeds, each of which is used both ways. Whole: the input
    is encoded only when it has ended, and nothing is heard before the whole reply is decoded. Raises SolamiError when
    the model's context cuts a reply short.
    """
    pairs = [
        (_streamed_s(backend, persona, user, reply_s, s), _whole_s(backend, persona, user, reply_s, s)) for s in seeds
    ]
    streamed_s, whole_s = np.median(pairs, axis=0).tolist()
    return streamed_s, whole_s


def _streamed_s(backend: Backend, persona: str, user: UserInput, reply_s: float, seed: int) -> float:
    conversation = backend.open(persona, seed)
    try:
        _push(conversation, user)
        begun_s = time.perf_counter()
        conversation.end_turn()
        return _first_sound_s(conversation, seed, reply_s) - begun_s
    finally:
        conversation.close()


def _whole_s(backend: Backend, persona: str, user: UserInput, reply_s: float, seed: int) -> float:
    conversation = backend.open(persona, seed)
    try:
        begun_s = time.perf_counter()
        _push(conversation, user)
        conversation.end_turn()
        outputs = list(conversation.reply(seed=seed, min_seconds=reply_s, max_seconds=reply_s))
        whole_s = time.perf_counter() - begun_s
    finally:
        conversation.close()
    made_s = sum(len(item.samples) / item.sample_rate for item in outputs if isinstance(item, AudioChunk))
    if made_s < reply_s - 0.5:
        raise SolamiError(f"the forced reply has {made_s:.1f} s, expected {reply_s:.1f} s; the context is too small")
    return whole_s


def late_turns_against_early(backend: Backend, persona: str, turns: int) -> float:
    """Time to the first sound in the last ten turns of one conversation, over that in turns 2 to 11."""
    conversation = backend.open(persona, 0)
    try:
        spent_s = []
        for number in range(turns):
            conversation.begin_turn(speech=False, body=False)
            conversation.push_text("Hello, can you wave to me?")
            begun_s = time.perf_counter()
            conversation.end_turn()
            spent_s.append(_first_sound_s(conversation, number) - begun_s)
    finally:
        conversation.close()
    return float(np.median(spent_s[-10:]) / np.median(spent_s[1:11]))


def hardware() -> str:
    """The machine, in words, and how busy it is already: figures of a shared machine are not those of a free one."""
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    return f"{platform.machine()} {_processor()}, {cores} cores, {_gpu()}, load {load:.1f} before the run"


def _processor() -> str:
    """The processor's name, where the system tells it."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())


def _gpu() -> str:
    import torch

    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else "no GPU"


def percentile(values: Sequence[float], share: float) -> float:
    """A percentile, rounded to a tenth."""
    return round(float(np.percentile(values, share)), 1)


def _push(conversation: Conversation, user: UserInput) -> None:
    conversation.begin_turn(speech=user.audio is not None, body=user.motion is not None)
    if user.audio is not None:
        conversation.push_audio(user.audio.samples)
    if user.motion is not None:
        conversation.push_motion(user.motion)


def _first_sound_s(conversation: Conversation, seed: int, forced_s: float | None = None) -> float:
    """Generate a whole reply, of a given length or as it comes; returns when its first audible sample was there."""
    first_s = None
    least_s, most_s = (0.0, 20.0) if forced_s is None else (forced_s, forced_s)
    for output in conversation.reply(seed=seed, min_seconds=least_s, max_seconds=most_s):
        if first_s is None and isinstance(output, AudioChunk) and np.abs(output.samples).max(initial=0) > AUDIBLE:
            first_s = time.perf_counter()
    return time.perf_counter() if first_s is None else first_s

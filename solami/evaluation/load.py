"""Real-time clients that talk to a server all at once, and what each of them heard and saw, and when.

Every client streams its user at real-time pace, plays the reply (`playback`), reports what it has played, and goes on
speaking while the end of the reply is still heard. Latencies are taken at the client, from its commit to the arrival.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from solami.client.client import Arrival, RealtimeClient, UserInput, connect
from solami.errors import CapacityError, ProtocolError, SolamiError
from solami.evaluation.latency import INPUT_SETTINGS
from solami.evaluation.load_rows import Heard, Tally
from solami.evaluation.playback import ReplyPlayback
from solami.stream_server.protocol import MediaFrame, MediaType, pcm16_to_samples
from solami.stream_server.vrm import POSE_BYTES

logger = logging.getLogger(__name__)

FRAME_S = 1 / 60  # of the display
_REPORT_S = 0.2
_REPLY_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What every client does."""

    turns: int = 5
    overlap: float = 0.5  # share of each user's turn (but the first) that falls on the end of the reply before
    buffer_s: float = 0.1  # that a client keeps before it plays
    api_key: str | None = None


class Listener:
    """One session's ears and eyes: feeds messages to the player of the running reply."""

    def __init__(self, client: RealtimeClient, buffer_s: float) -> None:
        self._client, self._buffer_s = client, buffer_s
        self._rate = int(client.session["output_audio_rate"])
        self._epoch = 0
        self.committed_s = 0.0
        self.replies: list[Heard] = []

    @property
    def player(self) -> ReplyPlayback | None:
        """The last reply's."""
        return self.replies[-1].player if self.replies else None

    async def listen(self) -> None:
        """Until the session breaks."""
        async for arrival in self._client.arrivals(_REPLY_TIMEOUT_S):
            self._take(arrival)

    async def play(self) -> None:
        """Draw frames and report what was played, without end."""
        frames = round(_REPORT_S / FRAME_S)
        while True:
            for _ in range(frames):
                if self.player is not None:
                    self.player.render(time.perf_counter())
                await asyncio.sleep(FRAME_S)
            await self._report()

    async def wait_played(self, left_s: float) -> None:
        """Until the reply to the last commit has come whole and at most `left_s` of it is left to hear."""
        deadline_s = self.committed_s + _REPLY_TIMEOUT_S
        while not self._has_played(left_s):
            if time.perf_counter() > deadline_s:
                raise ProtocolError("timeout", f"The reply had no end after {_REPLY_TIMEOUT_S:g} s.")
            await asyncio.sleep(FRAME_S)

    def _has_played(self, left_s: float) -> bool:
        if not self.replies or self.replies[-1].committed_s != self.committed_s or self.replies[-1].done is None:
            return False
        return self.replies[-1].player.left_s(time.perf_counter()) <= left_s

    def _take(self, arrival: Arrival) -> None:
        message = arrival.message
        if isinstance(message, MediaFrame):
            if message.epoch == self._epoch != 0:
                self._take_media(message, arrival.at_s)
        elif message["type"] == "response.created":
            self._epoch = int(message["response"]["epoch"])
            player = ReplyPlayback(self._rate, 30.0, self._buffer_s)
            self.replies.append(Heard(self.committed_s, player))
        elif message["type"] == "response.done":
            self.replies[-1].done = message["response"]
            self.replies[-1].player.end(arrival.at_s)

    def _take_media(self, frame: MediaFrame, at_s: float) -> None:
        reply = self.replies[-1]
        reply.frames.append(frame)
        if frame.type is MediaType.AUDIO:
            reply.player.on_audio(pcm16_to_samples(frame.payload), at_s)
        elif frame.type is MediaType.AGENT_MOTION:
            reply.player.on_poses(len(frame.payload) // POSE_BYTES, at_s)

    async def _report(self) -> None:
        if self.player is None or self.player.is_over(time.perf_counter()):
            return
        sample = self.player.heard(time.perf_counter())
        fields = {"response_id": f"resp_{self._epoch}", "sample": sample, "underruns": self.player.underruns}
        await self._client.send_event("output.playback", **fields)


async def have_session(url: str, user: UserInput, plan: LoadPlan, seed: int = 0) -> list[Heard]:
    """One client's whole session: so many turns that overlap with the replies before them."""
    async with connect(url, plan.api_key) as client:
        await client.update(seed=seed, input_motion={"fps": 30} if user.motion else None, **INPUT_SETTINGS)
        listener = Listener(client, plan.buffer_s)
        tasks = [asyncio.create_task(part) for part in (_speak(client, listener, user, plan), listener.listen())]
        tasks.append(asyncio.create_task(listener.play()))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return listener.replies


async def _speak(client: RealtimeClient, listener: Listener, user: UserInput, plan: LoadPlan) -> None:
    seconds = len(user.audio.samples) / user.audio.sample_rate if user.audio else 0.0
    for turn in range(plan.turns):
        await client.stream(user)
        listener.committed_s = time.perf_counter()
        await client.commit()
        await listener.wait_played(plan.overlap * seconds if turn + 1 < plan.turns else 0.0)


async def have_sessions(url: str, users: Sequence[UserInput], plan: LoadPlan, spread_s: float) -> Tally:
    """Sessions at once, one a user; they begin spread over `spread_s`, as people do not speak in step."""
    tally = Tally()

    async def one(number: int, user: UserInput) -> None:
        await asyncio.sleep(spread_s * number / len(users))
        try:
            replies = await have_session(url, user, plan, number)
        except CapacityError:
            tally.refused += 1
        except SolamiError as error:
            logger.warning("session %d failed: %s", number, error)
            tally.failed += 1
        else:
            tally.replies += replies

    await asyncio.gather(*(one(number, user) for number, user in enumerate(users)))
    return tally

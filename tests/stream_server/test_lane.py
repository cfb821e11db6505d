"""The way to the compute thread and back."""

import asyncio

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.errors import ProtocolError
from solami.stream_server import commands as cmd
from solami.stream_server.lane import INBOX_BYTES, PIECE_BYTES, PIECE_POSES, Lane
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.settings import SessionSettings
from solami.stream_server.turns import TurnRunner

SETTINGS = SessionSettings(turn_detection=None)


def _lane() -> Lane:
    return Lane(lambda emit: TurnRunner(ScriptedBackend(), SETTINGS, emit), lambda: None)


def test_input_is_cut_into_small_pieces() -> None:
    """A second of sound and of motion becomes pieces of bounded work, whole and in order."""

    async def main() -> None:
        lane, pcm, motion = _lane(), np.arange(24000, dtype="<i2").tobytes(), wave(1.0)
        lane.submit(cmd.AudioIn(pcm))
        lane.submit(cmd.MotionIn(motion))
        taken = [lane.take() for _ in range(len(lane.inbox))]
        sounds = [c.pcm for c in taken if isinstance(c, cmd.AudioIn)]
        moves = [c.motion.rotations for c in taken if isinstance(c, cmd.MotionIn)]
        assert b"".join(sounds) == pcm
        assert max(map(len, sounds)) <= PIECE_BYTES
        np.testing.assert_array_equal(np.concatenate(moves), motion.rotations)
        assert max(map(len, moves)) <= PIECE_POSES

    asyncio.run(main())


def test_what_was_taken_makes_room() -> None:
    """A full inbox refuses more, and takes more once it was emptied."""

    async def main() -> None:
        lane = _lane()
        for _ in range(INBOX_BYTES // (1 << 20)):
            lane.submit(cmd.AudioIn(bytes(1 << 20)))
        with pytest.raises(ProtocolError, match="slow down"):
            lane.submit(cmd.AudioIn(bytes(1 << 20)))
        while lane.inbox:
            lane.take()
        lane.submit(cmd.AudioIn(bytes(1 << 20)))

    asyncio.run(main())


def test_a_cancel_passes_all_input_by() -> None:
    """What stops a reply neither waits for input nor is refused with it."""

    async def main() -> None:
        lane = _lane()
        lane.submit(cmd.AudioIn(bytes(INBOX_BYTES)))
        lane.submit(cmd.Cancel(1))
        assert list(lane.controls) == [cmd.Cancel(1)]

    asyncio.run(main())

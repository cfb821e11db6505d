"""A reply on its way out."""

import numpy as np
import pytest

from solami.frames import AudioChunk, MotionChunk, OutputChunk, ReplyDone, VisemeChunk
from solami.stream_server import outputs as op
from solami.stream_server.iterated_reply import IteratedReply
from solami.stream_server.protocol import pcm16_to_samples
from solami.stream_server.replying import ReplyStream

TONE = (0.5 * np.sin(np.arange(6400) / 9)).astype(np.float32)


def _stream(items: list[OutputChunk], wire_hz: int = 24000) -> ReplyStream:
    return ReplyStream(1, IteratedReply(lambda _: iter(items)), 16000, wire_hz)


def _all(stream: ReplyStream) -> list[op.Output]:
    outputs: list[op.Output] = []
    while not stream.is_done:
        outputs += stream.take(None, 0.0)
    return outputs


def _identity(count: int, start: int) -> MotionChunk:
    rotations = np.zeros((count, 55, 4), np.float32)
    rotations[..., 3] = 1
    return MotionChunk(rotations, np.zeros((count, 3), np.float32), 30.0, start)


@pytest.mark.parametrize(("wire_hz", "expected"), [(16000, 6400), (24000, 9600)])
def test_stamps_count_wire_samples(wire_hz: int, expected: int) -> None:
    """Sound is whole and gapless at the wire's rate; poses are stamped on the same clock."""
    items: list[OutputChunk] = [
        _identity(6, 0),
        AudioChunk(TONE[:3200].copy(), 16000),
        _identity(6, 3200),
        AudioChunk(TONE[3200:].copy(), 16000),
    ]
    outputs = _all(_stream([*items, ReplyDone("completed", (1,), 6400, 12)], wire_hz))
    at = 0
    for audio in (o for o in outputs if isinstance(o, op.ReplyAudio)):
        assert audio.sample == at
        at += len(audio.pcm) // 2
    assert at == expected
    assert [o.sample for o in outputs if isinstance(o, op.ReplyMotion)] == [0, expected // 2]


def test_loud_is_above_minus_40_dbfs() -> None:
    """Silence does not stop the latency clock, sound does."""
    quiet, loud = np.full(160, 0.009, np.float32), np.full(160, 0.011, np.float32)
    outputs = _all(
        _stream([AudioChunk(quiet, 16000), AudioChunk(loud, 16000), ReplyDone("completed", (), 0, 0)], 16000)
    )
    assert [o.is_loud for o in outputs if isinstance(o, op.ReplyAudio)] == [False, True]
    assert isinstance(outputs[0], op.ReplyAudio) and np.abs(pcm16_to_samples(outputs[0].pcm)).max() < 0.01


def test_a_reply_that_just_stops_has_failed() -> None:
    """An iterator that ends without ReplyDone ends the response as failed."""
    ended = _all(_stream([]))[-1]
    assert isinstance(ended, op.ReplyEnded) and ended.status == "failed"


def test_heard_is_estimated_then_reported() -> None:
    """Without a report the clock since the first sound counts, never beyond what was sent; a report overrides it."""
    stream = _stream([AudioChunk(TONE.copy(), 16000), ReplyDone("completed", (), 6400, 0)], 16000)
    assert stream.heard(1e9) == 0
    _all(stream)
    assert stream.heard(1e9) == 6400 and not stream.is_playing(1e9)
    stream.report_playback(1600, 5.0)
    assert stream.heard(5.125) == 3600 and stream.is_playing(5.125)
    assert _stream([], 24000).to_model(2400) == 1600


def test_mouth_shapes_are_stamped_on_the_wires_clock() -> None:
    """Visemes leave with their weights and the wire's sample; a run of none leaves nothing."""
    row = np.eye(15, dtype=np.float32)[:1]
    items: list[OutputChunk] = [VisemeChunk(row.copy(), 25.0, 640), VisemeChunk(row[:0].copy(), 25.0, 1280)]
    outputs = _all(_stream([*items, ReplyDone("completed", (), 0, 0)]))
    assert outputs[0] == op.ReplyVisemes(1, bytes([255] + [0] * 14), 960)
    assert not any(isinstance(output, op.ReplyVisemes) for output in outputs[1:])


def test_what_the_client_plays_follows_the_clock() -> None:
    """Window after window of the reply from where the client is; a report moves it; before and after is silence."""
    stream = _stream([AudioChunk(TONE.copy(), 16000), ReplyDone("completed", (), 6400, 0)], 24000)
    assert not stream.playing(512, 0.0).any()
    _all(stream)
    stream.report_playback(4800, 5.0)  # 0.2 s at the wire's rate
    np.testing.assert_array_equal(stream.playing(512, 5.032), TONE[3200:3712])  # 32 ms later
    np.testing.assert_array_equal(stream.playing(512, 5.1), TONE[3712:4224])  # a late window is still the next one
    for _ in range(6):
        last = stream.playing(512, 6.0)
    assert not last.any()

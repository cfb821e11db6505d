"""What clients send, and what the session asks of the compute thread for it."""

import json

import numpy as np
import pytest

from solami.stream_server import commands as cmd
from solami.stream_server import outputs as op
from solami.stream_server.protocol import MediaFrame, MediaType, pack_media
from solami.stream_server.session import Session
from solami.stream_server.settings import InputMotion, SessionSettings

MANUAL = SessionSettings.model_validate(
    {"persona": "ada", "media": "binary", "turn_detection": None, "input_motion": {}}
)


def _session(settings: SessionSettings = MANUAL) -> Session:
    return Session(settings, "scripted", 30.0)


def test_the_first_input_opens_the_turn_where_the_client_decides() -> None:
    """Without turn detection the character listens from the first sound on; with it, from the first voice."""
    append = json.dumps({"type": "input_audio_buffer.append", "audio": "AAA="})
    sound = {"persona": "ada", "input_audio_format": {"rate": 16000}}
    for changed, state in (({"turn_detection": None}, "listening"), ({}, "idle")):
        session = _session(SessionSettings.model_validate({**sound, **changed}))
        commands, _ = session.on_text(append, 0.0)
        assert commands == [cmd.AudioIn(b"\x00\x00")] and session.state == state


def test_playback_is_counted_from_report_to_report() -> None:
    """Gaps are told as they grow, what the client has is remembered, and the worker learns where playback is."""
    session = _session()
    gaps: list[int] = []
    session.watch(lambda done: None, gaps.append)
    report = {"type": "output.playback", "response_id": "resp_1", "sample": 480, "underruns": 2, "received": 7}
    commands, _ = session.on_text(json.dumps(report), 3.0)
    session.on_text(json.dumps({**report, "underruns": 3, "received": None}), 4.0)
    assert commands == [cmd.Playback(1, 480, 3.0)]
    assert gaps == [2, 1] and session.client.acknowledged == 7


def test_truncating_a_response_silences_it() -> None:
    """Pieces of a response that the client has stopped playing are not sent any more."""
    session = _session()
    session.on_output(op.ReplyStarted(1, 10.0, 0.0, 0.0))
    truncate = {"type": "conversation.item.truncate", "item_id": "item_r1", "audio_end_ms": 500}
    assert session.on_text(json.dumps(truncate), 0.0) == ([cmd.Truncate(1, 500)], [])
    assert session.cancelled_epoch == 1 and session.on_output(op.ReplyText(1, "said", "Hello")) == []


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (pack_media(MediaFrame(MediaType.AGENT_MOTION, b"")), "invalid_frame"),
        (pack_media(MediaFrame(MediaType.AUDIO, b"a")), "invalid_audio"),
        (b"short", "truncated_frame"),
        ('{"type":"response.cancel"}', "response_cancel_not_active"),
        ('{"type":"input_motion_buffer.append","motion":"AA=="}', "invalid_motion"),
        ('{"type":"conversation.item.truncate","item_id":"x","audio_end_ms":1}', "item_not_found"),
    ],
)
def test_mistakes_become_errors(message: str | bytes, code: str) -> None:
    """A wrong message gives an error event with its code and no command."""
    session = _session()
    commands, messages = session.on_text(message, 0.0) if isinstance(message, str) else session.on_binary(message)
    assert commands == [] and json.loads(messages[0].data)["error"]["code"] == code


def test_unknown_frames_are_skipped() -> None:
    """A media type of a later version is no error."""
    assert _session().on_binary(b"\xc8" + pack_media(MediaFrame(MediaType.AUDIO, b""))[1:]) == ([], [])


def test_three_points_follow_one_another() -> None:
    """Samples of headset and controllers go to the worker with growing times; a body's poses are refused instead."""
    settings = MANUAL.model_copy(update={"input_motion": InputMotion(fps=72, source="three_points")})
    session, sample = _session(settings), np.zeros((2, 3, 8), "<f4")
    sample[..., 6:] = 1
    times = []
    for _ in range(2):
        commands, _ = session.on_binary(pack_media(MediaFrame(MediaType.USER_MOTION, sample.tobytes())))
        assert isinstance(commands[0], cmd.TrackersIn)
        times += list(commands[0].trackers.times)
    np.testing.assert_allclose(times, np.arange(4) / 72)
    _, (error,) = session.on_binary(pack_media(MediaFrame(MediaType.USER_MOTION, b"\x00" * 892)))
    assert json.loads(error.data)["error"]["code"] == "invalid_motion"

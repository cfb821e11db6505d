"""The session's state machine, fed by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from solami.frames import StageSpent
from solami.stream_server import commands as cmd
from solami.stream_server import outputs as op
from solami.stream_server.outgoing import Outgoing
from solami.stream_server.protocol import MediaFrame, MediaType, unpack_media
from solami.stream_server.session import Session
from solami.stream_server.settings import SessionSettings

VECTORS = Path(__file__).parents[1] / "vectors/protocol/server_events.json"
RESUME = {"token": "3q2-7w", "seconds": 60.0}
TYPED = '{"type":"conversation.item.create","item":{"content":[{"type":"input_text","text":"hi"}]}}'
RETRIEVED = '{"type":"conversation.item.retrieve","item_id":"item_u2"}'
MANUAL = SessionSettings.model_validate(
    {"persona": "ada", "media": "binary", "turn_detection": None, "input_motion": {}}
)

BEGIN = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
]
END = [
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
]


def _session(settings: SessionSettings = MANUAL) -> Session:
    session = Session(settings, "scripted", 30.0)
    session.id = "sess_0"
    return session


def _reply(epoch: int, *, status: op.ReplyStatus = "completed") -> list[op.Output]:
    return [
        op.ReplyStarted(epoch, 10.0, 0.0, 0.0),
        op.ReplyStage(epoch, StageSpent("prefill", 12.5)),
        op.ReplyText(epoch, "said", "Hello"),
        op.ReplyText(epoch, "does", "waves"),
        op.ReplyMotion(epoch, b"\x00" * 892, 1, 0, b"\x01\x00\x02\x00\x03\x00"),
        op.ReplyVisemes(epoch, bytes([255] + [0] * 14), 0),
        op.ReplyAudio(epoch, b"\x00\x01" * 4, 0, True),
        op.ReplyText(epoch, "heard", "hi"),
        op.ReplyText(epoch, "saw", "a wave"),
        op.ReplyEnded(epoch, status, (1, 2), 0.00005),
    ]


def _feed(session: Session, outputs: list[op.Output]) -> list[Outgoing]:
    sent = []
    for output in outputs:
        for message in session.on_output(output):
            session.sent(message.mark, 10.1, 10.2)
            sent.append(message)
    return sent


def _types(messages: list[Outgoing]) -> list[str]:
    named = []
    for message in messages:
        if isinstance(message.data, bytes):
            frame = unpack_media(message.data)
            named.append(frame.type.name if frame else "?")
        else:
            named.append(json.loads(message.data)["type"])
    return named


def scenario() -> list[dict[str, Any]]:
    """Every server event once, in an order that can happen."""
    session = _session(MANUAL.model_copy(update={"media": "base64"}))
    messages = [
        session.hello(RESUME),
        *_feed(session, [op.Configured(session.settings), op.SpeechEdge("started", 320.0)]),
    ]
    messages += _feed(session, [op.SpeechEdge("stopped", 1600.0), op.TurnEnded(1), *_reply(1)])
    messages += _feed(session, [op.InputTimeout(9000.0, 15000.0)])
    messages += _feed(session, [op.ReplyStarted(2, 10.0, 0.0, 0.0), op.Truncated(2, 740.0), op.InputCleared()])
    failed = op.Failed("session_limit_reached", "All sessions are taken; try again later.", 2, 5.0)
    messages += _feed(session, [failed, op.IdlePoses(b"\x00" * 892, 1, 9600)])
    coded = session.settings.model_copy(update={"output_motion": "codes"})
    codes = b"\x01\x00\x02\x00\x03\x00"
    messages += _feed(session, [op.Configured(coded), op.IdlePoses(b"", 4, 9600, codes)])
    messages += _feed(session, [op.ReplyStarted(3, 10.0, 0.0, 0.0), op.ReplyMotion(3, b"", 4, 0, codes)])
    messages += _feed(session, [op.ReplyEnded(3, "incomplete", (1,), 0.00005)])
    messages += [session.draining(20.0), *session.restarted()]
    messages += _feed(session, [op.ItemsDropped(("item_u1",), ("item_r1",))])
    messages += _feed(session, [op.UserBody(b"\x00" * 892, 800)])
    for text in TYPED, RETRIEVED:
        messages += session.on_text(text, 10.0)[1]
    messages.append(Outgoing(session.resumed(3, 0)))
    return [json.loads(message.data) for message in messages]


def test_golden_vectors() -> None:
    """The server writes exactly the golden events."""
    assert scenario() == json.loads(VECTORS.read_text())["vectors"]


def test_a_reply_in_order() -> None:
    """States, media and texts of a reply, with sequence numbers and stamps."""
    session = _session()
    messages = _feed(session, _reply(1))
    assert _types(messages) == [
        "avatar.state",
        *BEGIN,
        "response.output_audio_transcript.delta",
        "response.does",
        "AGENT_MOTION",
        "VISEMES",
        "avatar.state",
        "AUDIO",
        "response.heard",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.completed",
        "response.saw",
        *END,
        "avatar.state",
    ]
    done = json.loads(messages[-2].data)["response"]
    assert done["response_latency_ms"] == done["first_audio_ms"] == done["first_motion_ms"] == pytest.approx(200.0)
    assert (done["audio_samples"], done["motion_frames"], done["usage"]["output_tokens"]) == (4, 1, 2)
    assert {row["stage"]: row["spent_ms"] for row in done["budget"]}["prefill"] == 12.5


def test_nothing_follows_a_cancel_but_the_end() -> None:
    """After response.cancel, media and texts of that response vanish; its end says cancelled."""
    session = _session()
    outputs = _reply(1, status="cancelled")
    _feed(session, outputs[:4])
    commands, messages = session.on_text('{"type":"response.cancel"}', 10.0)
    assert commands == [cmd.Cancel(1)] and session.state == "interrupted" and session.cancelled_epoch == 1
    assert _types(messages) == ["avatar.state"]
    assert _types(_feed(session, outputs[4:])) == [*END, "avatar.state"]
    assert _types(_feed(session, _reply(2)))[-2] == "response.done"


def test_barge_in_silences_the_reply() -> None:
    """A voice during the reply interrupts it and opens a turn."""
    session = _session()
    outputs = _reply(1, status="cancelled")
    _feed(session, outputs[:6])
    messages = _feed(session, [op.SpeechEdge("started", 100.0), *outputs[6:]])
    assert _types(messages) == [
        "avatar.state",
        "input_audio_buffer.speech_started",
        "avatar.state",
        *END,
    ]
    assert session.state == "listening"


def test_pieces_of_another_response_never_leave() -> None:
    """Only the current epoch is sent."""
    session = _session()
    _feed(session, _reply(2)[:1])
    assert _feed(session, _reply(1)[1:]) == []


def test_updates_add_up_before_they_are_confirmed() -> None:
    """Two updates in a row both hold; a refused one is forgotten."""
    session = _session()
    session.on_text('{"type":"session.update","session":{"seed":5}}', 0.0)
    commands, _ = session.on_text('{"type":"session.update","session":{"persona":"tom"}}', 0.0)
    assert isinstance(commands[0], cmd.Configure)
    assert (commands[0].settings.seed, commands[0].settings.persona) == (5, "tom")
    _feed(session, [op.Failed("invalid_session", "no persona 'tom'")])
    commands, _ = session.on_text('{"type":"session.update","session":{"seed":6}}', 0.0)
    assert isinstance(commands[0], cmd.Configure) and commands[0].settings.persona == "ada"


def test_idle_motion_has_epoch_zero_and_its_own_clock() -> None:
    """Poses between replies are frames of epoch 0; they count in sequence with those of replies."""
    session = _session()
    reply = _feed(session, _reply(1))
    (idle,) = _feed(session, [op.IdlePoses(b"\x00" * 892, 1, 9600)])
    frames = [unpack_media(m.data) for m in reply if isinstance(m.data, bytes)]
    assert isinstance(idle.data, bytes)
    expected = sum(frame is not None and frame.type is MediaType.AGENT_MOTION for frame in frames)
    assert unpack_media(idle.data) == MediaFrame(MediaType.AGENT_MOTION, b"\x00" * 892, 0, expected, 9600)
    assert session.state == "idle"


def test_motion_as_codes() -> None:
    """A session that asked for codes gets them in place of poses; a model without codes refuses at once."""
    asked = '{"type":"session.update","session":{"output_motion":"codes"}}'
    session = Session(MANUAL, "scripted", 30.0, (2, 1, 7.5))
    (configure,), _ = session.on_text(asked, 0.0)
    assert isinstance(configure, cmd.Configure)
    sent = _feed(session, [op.Configured(configure.settings), *_reply(1)])
    frames = [frame for m in sent if isinstance(m.data, bytes) and (frame := unpack_media(m.data))]
    coded = [frame for frame in frames if frame.type is MediaType.MOTION_CODES]
    assert [(f.epoch, f.seq, f.payload) for f in coded] == [(1, 0, b"\x01\x00\x02\x00\x03\x00")]
    assert MediaType.AGENT_MOTION not in {frame.type for frame in frames}
    commands, (error,) = _session().on_text(asked, 0.0)
    assert commands == [] and json.loads(error.data)["error"]["code"] == "invalid_session"

"""OpenAI's session shapes and ours."""

from typing import Any

import pytest

from solami.errors import ProtocolError
from solami.stream_server.openai_session import check_response_params, shown, translate
from solami.stream_server.settings import SessionPatch, SessionSettings


def test_both_shapes_mean_the_same() -> None:
    """What the beta says flat and general availability says nested becomes the same settings."""
    vad = {"type": "server_vad", "silence_duration_ms": 400, "idle_timeout_ms": None}
    pcm = {"type": "audio/pcm", "rate": 24000}
    nested = {"audio": {"input": {"format": pcm, "turn_detection": vad}, "output": {"format": pcm, "voice": "ash"}}}
    flat = {"input_audio_format": "pcm16", "output_audio_format": "pcm16", "turn_detection": vad, "voice": "ash"}
    results = [translate(shape) for shape in (nested, flat)]
    assert results[0][0] == results[1][0]
    patch = SessionPatch.model_validate(results[0][0])
    assert patch.output_audio_rate == 24000 and patch.turn_detection is not None
    assert [ignored for _, ignored in results] == [["audio.output.voice"], ["voice"]]


def test_our_own_shape_is_left_alone() -> None:
    """Settings in our names pass unchanged, wrong ones included: they are refused later by name."""
    own = {"seed": 1, "input_audio_format": {"type": "pcm16", "rate": 16000}, "turn_detection": None, "sead": 2}
    assert translate(own) == (own, [])


@pytest.mark.parametrize(
    "session",
    [
        {"tools": [{"type": "function", "name": "x"}]},
        {"output_modalities": ["text"]},
        {"input_audio_format": "g711_ulaw"},
        {"audio": {"output": {"format": {"type": "audio/pcmu"}}}},
        {"type": "transcription"},
    ],
)
def test_what_cannot_be_kept_is_refused(session: dict[str, Any]) -> None:
    """A client that relies on what we do not do learns it at once."""
    with pytest.raises(ProtocolError) as caught:
        translate(session)
    assert caught.value.code == "unsupported_setting"


@pytest.mark.parametrize("audio", [[], {"inptu": {}}, {"input": 3}])
def test_a_misshapen_audio_object_is_refused(audio: object) -> None:
    """`audio` has an input and an output."""
    with pytest.raises(ProtocolError, match="input and output"):
        translate({"audio": audio})


def test_a_session_is_shown_in_their_shape() -> None:
    """General-availability clients find formats and turn detection where they look, without our own keys."""
    theirs = shown(SessionSettings().model_dump())
    assert theirs["audio"]["input"]["format"] == {"type": "audio/pcm", "rate": 24000}
    assert "min_interruption_ms" not in theirs["audio"]["input"]["turn_detection"]
    assert shown(SessionSettings(input_audio_format=None, turn_detection=None).model_dump())["audio"]["input"] == {
        "format": None,
        "turn_detection": None,
    }


def test_response_parameters() -> None:
    """`response.create` may carry what changes nothing; its own input, tools and typing errors are refused."""
    check_response_params({"instructions": "x", "output_modalities": ["audio"], "conversation": "auto", "input": []})
    for params in ({"conversation": "none"}, {"tools": [1]}, {"input": [{}]}, {"instuctions": "x"}):
        with pytest.raises(ProtocolError):
            check_response_params(params)

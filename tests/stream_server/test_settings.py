"""What a session agrees on."""

import pytest
from pydantic import ValidationError

from solami.stream_server.settings import (
    InputMotion,
    SemanticTurnDetection,
    SessionPatch,
    SessionSettings,
    TurnDetection,
    stream_headers,
)


def test_a_patch_changes_only_what_it_names() -> None:
    """Unnamed settings stay; null switches a stream off."""
    patch = SessionPatch.model_validate({"seed": 4, "turn_detection": None})
    merged = SessionSettings(persona="ada").merged(patch)
    assert (merged.persona, merged.seed, merged.turn_detection) == ("ada", 4, None)
    assert merged.input_audio_format is not None


@pytest.mark.parametrize("wrong", [{"sead": 1}, {"seed": -1}, {"media": "xml"}, {"input_motion": {"fps": 25}}])
def test_wrong_settings_are_refused(wrong: dict[str, object]) -> None:
    """Unknown keys and values outside the protocol do not pass."""
    with pytest.raises(ValidationError):
        SessionPatch.model_validate(wrong)


def test_the_stream_header_describes_a_pose() -> None:
    """Bones and floats agree."""
    motion = stream_headers(30.0)["motion"]
    assert motion["pose_floats"] == 3 + 4 * len(motion["bones"]) and motion["fps"] == 30.0


def test_only_three_points_may_have_another_rate() -> None:
    """A whole body comes at 30 fps; headset and controllers at 30 to 90."""
    assert InputMotion(fps=72, source="three_points").fps == 72
    for wrong in ({"fps": 72}, {"fps": 120, "source": "three_points"}):
        with pytest.raises(ValidationError):
            InputMotion.model_validate(wrong)


def test_turn_detection_is_chosen_by_its_type() -> None:
    """Without a type it is server_vad; each type has its own keys; an unknown one is named."""
    found = [SessionPatch.model_validate({"turn_detection": d}).turn_detection for d in ({}, {"type": "semantic_vad"})]
    assert [type(each) for each in found] == [TurnDetection, SemanticTurnDetection]
    with pytest.raises(ValidationError, match="server_vad or semantic_vad"):
        SessionPatch.model_validate({"turn_detection": {"type": "clairvoyance"}})
    with pytest.raises(ValidationError):
        SessionPatch.model_validate({"turn_detection": {"type": "semantic_vad", "silence_duration_ms": 500}})


def test_a_named_seed_is_a_promise() -> None:
    """Once a client asked for a seed its replies are repeatable; others are not, and the wire does not show it."""
    plain = SessionSettings().merged(SessionPatch(persona="ada"))
    seeded = plain.merged(SessionPatch(seed=0)).merged(SessionPatch(persona="ada"))
    assert (plain.is_repeatable, seeded.is_repeatable) == (False, True)
    assert "is_repeatable" not in seeded.model_dump()

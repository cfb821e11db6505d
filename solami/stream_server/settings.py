"""What a session has agreed on: the `session` object of `session.update`, and the streams both sides may send."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from solami.frames import VISEMES
from solami.stream_server.protocol import PROTOCOL_NAME, PROTOCOL_VERSION, VISEME_FPS
from solami.stream_server.vrm import BONES, POSE_FLOATS
from solami.strict import Strict


class AudioFormat(Strict):
    """Encoding of the user's audio: mono, little-endian."""

    type: Literal["pcm16"] = "pcm16"
    rate: Literal[16000, 24000] = 24000


class _VoiceActivity(Strict):
    """What both turn detections have."""

    threshold: float = Field(0.5, ge=0, le=1)
    prefix_padding_ms: int = Field(300, ge=0, le=2000)
    create_response: bool = True  # else the client sends response.create
    interrupt_response: bool = True  # else the user's voice waits until the character has spoken
    min_interruption_ms: int = Field(200, ge=0, le=2000)  # ours: a shorter noise does not interrupt


class TurnDetection(_VoiceActivity):
    """The server finds the end of the user's turn by voice activity."""

    type: Literal["server_vad"] = "server_vad"
    silence_duration_ms: int = Field(500, ge=100, le=5000)
    idle_timeout_ms: int | None = Field(None, ge=1000, le=600_000)  # of the user's audio after a reply: it speaks again


class SemanticTurnDetection(_VoiceActivity):
    """By voice activity and by how likely the model finds it that the user has finished."""

    type: Literal["semantic_vad"]
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"


def _detection_of(value: Any) -> str:
    return str(value.get("type", "server_vad") if isinstance(value, dict) else getattr(value, "type", ""))


AnyTurnDetection = Annotated[
    Annotated[TurnDetection, Tag("server_vad")] | Annotated[SemanticTurnDetection, Tag("semantic_vad")],
    Discriminator(
        _detection_of, custom_error_type="turn_detection", custom_error_message="type is server_vad or semantic_vad"
    ),
]


class InputMotion(Strict):
    """The user's body will be streamed."""

    fps: int = Field(30, ge=30, le=90, description="three points: 30 to 90; a full body: 30")
    source: Literal["full_body", "three_points", "three_points_and_fingers"] = "full_body"

    @model_validator(mode="after")
    def _full_bodies_have_30_fps(self) -> Self:
        if self.source == "full_body" and self.fps != 30:
            raise ValueError(f"a full_body has 30 fps, got {self.fps}; only three_points may have another rate")
        return self


class PlacementSettings(Strict):
    """Where the user stands as the turn begins, seen from the character's facing frame."""

    distance_m: float = Field(ge=0, le=100)
    bearing_rad: float = Field(0.0, ge=-3.1416, le=3.1416)
    facing_rad: float = Field(0.0, ge=-3.1416, le=3.1416)


class SessionSettings(Strict):
    """Everything a client may choose; `null` switches a stream off."""

    persona: str = Field("ada", max_length=64)
    seed: int = Field(0, ge=0, lt=2**53)
    input_audio_format: AudioFormat | None = AudioFormat()
    output_audio_rate: Literal[16000, 24000] = 24000
    media: Literal["binary", "base64"] = "base64"  # stock OpenAI clients never ask for binary frames
    turn_detection: AnyTurnDetection | None = TurnDetection()
    input_motion: InputMotion | None = None
    placement: PlacementSettings | None = None
    output_motion: Literal["poses", "codes"] = "poses"  # codes: the client decodes them itself
    idle_motion: bool = False  # poses between replies; clients of protocol 1.0 do not expect them
    mirror: bool = False  # the body that was made of the user's three points comes back

    is_repeatable: bool = Field(False, exclude=True)  # a seed was asked for: no rule may change the ids of a late reply

    def merged(self, patch: SessionPatch) -> SessionSettings:
        """These settings with the fields that the patch names."""
        update = {name: getattr(patch, name) for name in patch.model_fields_set}
        return self.model_copy(update=update | ({"is_repeatable": True} if "seed" in update else {}))


class SessionPatch(Strict):
    """`session.update`: only the fields to change."""

    persona: str = Field("", min_length=1, max_length=64)
    seed: int = Field(0, ge=0, lt=2**53)
    input_audio_format: AudioFormat | None = None
    output_audio_rate: Literal[16000, 24000] = 24000
    media: Literal["binary", "base64"] = "binary"
    turn_detection: AnyTurnDetection | None = None
    input_motion: InputMotion | None = None
    placement: PlacementSettings | None = None
    output_motion: Literal["poses", "codes"] = "poses"
    idle_motion: bool = False
    mirror: bool = False


MOTION_DECODER_PATH = "/v1/models/motion_decoder.onnx"


def stream_headers(fps: float, books: tuple[int, int, float] | None = None) -> dict[str, Any]:
    """The description of every media stream, sent once in `session.created`."""
    pose = {"bones": list(BONES), "pose_floats": POSE_FLOATS, "dtype": "float32le", "fps": fps}
    units = {"units": "metres", "axes": "right-handed, Y up, faces +Z, left = +X", "rest_pose": "t-pose"}
    layout = {"layout": "hips xyz, then local quaternion xyzw of each bone relative to the T-pose"}
    codes = None
    if books is not None:
        counts = {"body_books": books[0], "hand_books": books[1], "frame_rate": books[2]}
        codes = {"dtype": "uint16le", **counts, "decoder": MOTION_DECODER_PATH}
    return {
        "audio": {"encoding": "pcm16le", "channels": 1, "rates": [16000, 24000]},
        "motion": pose | units | layout,
        "motion_codes": codes,
        "visemes": {"names": list(VISEMES), "dtype": "uint8", "fps": VISEME_FPS},
    }


CAPABILITIES = (
    "resume",
    "binary_media",
    "openai_events",
    "semantic_vad",
    "three_points",
    "idle_motion",
    "mirror",
    "fingers",
)


def protocol_header(books: tuple[int, int, float] | None) -> dict[str, Any]:
    """Name, version and what this server can do beyond it, for the handshake."""
    can = [*CAPABILITIES, *(() if books is None else ("motion_codes",))]
    return {"name": PROTOCOL_NAME, "version": PROTOCOL_VERSION, "capabilities": can}

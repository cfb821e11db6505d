"""Incoming media, against what was declared."""

import numpy as np
import pytest

from solami.errors import ProtocolError
from solami.stream_server import commands as cmd
from solami.stream_server.incoming import MediaReader
from solami.stream_server.protocol import MediaFrame, MediaType, pack_media
from solami.stream_server.settings import SessionSettings

MUTE = SessionSettings(input_audio_format=None)


@pytest.mark.parametrize(("kind", "code"), [(MediaType.AUDIO, "audio_not_declared"), (4, "motion_not_declared")])
def test_undeclared_media_are_refused(kind: int, code: str) -> None:
    """A session takes what it has declared and nothing else."""
    with pytest.raises(ProtocolError) as caught:
        MediaReader().frame(pack_media(MediaFrame(MediaType(kind), b"")), MUTE)
    assert caught.value.code == code


def test_audio_is_counted_in_seconds() -> None:
    """The reader knows how long the user's audio is, at the declared rate."""
    reader = MediaReader()
    command = reader.audio(bytes(4800), SessionSettings())
    assert isinstance(command, cmd.AudioIn) and reader.audio_s == pytest.approx(0.1)


def test_three_points_go_on_in_time() -> None:
    """Every frame of three points starts where the one before it ended."""
    settings = SessionSettings.model_validate({"input_motion": {"fps": 60, "source": "three_points"}})
    reader, sample = MediaReader(), np.zeros((3, 3, 8), "<f4")
    sample[..., 6:] = 1
    frames = [reader.motion(sample.tobytes(), settings) for _ in range(2)]
    times = np.concatenate([frame.trackers.times for frame in frames if isinstance(frame, cmd.TrackersIn)])
    np.testing.assert_allclose(times, np.arange(6) / 60)

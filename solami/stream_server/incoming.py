"""What the client's media hold: checked against what the session has declared, as commands for the worker."""

from __future__ import annotations

from solami.errors import ProtocolError
from solami.stream_server import commands as cmd
from solami.stream_server.protocol import MediaType, unpack_media
from solami.stream_server.settings import SessionSettings
from solami.stream_server.tracker_frames import unpack_trackers
from solami.stream_server.vrm import unpack_poses

MediaCommand = cmd.AudioIn | cmd.MotionIn | cmd.TrackersIn


class MediaReader:
    """Reads one session's incoming media."""

    def __init__(self) -> None:
        self.audio_s = 0.0  # of the user's audio so far
        self._trackers_s = 0.0  # length of the three points so far

    def frame(self, message: bytes, settings: SessionSettings) -> MediaCommand | None:
        """A binary frame; None for a type of a later version, which is skipped. Raises ProtocolError."""
        frame = unpack_media(message)
        if frame is None:
            return None
        if frame.type is MediaType.AUDIO:
            return self.audio(frame.payload, settings)
        if frame.type is MediaType.USER_MOTION:
            return self.motion(frame.payload, settings)
        raise ProtocolError("invalid_frame", f"Clients send audio (1) and user motion (4); got {frame.type.value}.")

    def audio(self, pcm: bytes, settings: SessionSettings) -> cmd.AudioIn:
        """PCM16. Raises ProtocolError `audio_not_declared` or `invalid_audio`."""
        if settings.input_audio_format is None:
            raise ProtocolError("audio_not_declared", "This session takes no audio; set input_audio_format first.")
        if len(pcm) % 2:
            raise ProtocolError("invalid_audio", f"PCM16 audio has two bytes a sample; got {len(pcm)} bytes.")
        self.audio_s += len(pcm) / 2 / settings.input_audio_format.rate
        return cmd.AudioIn(pcm)

    def motion(self, payload: bytes, settings: SessionSettings) -> cmd.MotionIn | cmd.TrackersIn:
        """Poses, or three points. Raises ProtocolError `motion_not_declared` or `invalid_motion`."""
        if settings.input_motion is None:
            raise ProtocolError("motion_not_declared", "This session takes no motion; set input_motion first.")
        fps = settings.input_motion.fps
        source = settings.input_motion.source
        if source != "full_body":
            has_fingers = source == "three_points_and_fingers"
            trackers = unpack_trackers(payload, fps, self._trackers_s, has_fingers=has_fingers)
            self._trackers_s += trackers.count / fps
            return cmd.TrackersIn(trackers)
        return cmd.MotionIn(unpack_poses(payload, float(fps)))

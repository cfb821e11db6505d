import numpy as np

from solami.body.procedural import wave
from solami.evaluation.tokenizer_speed import motion_speed, speech_speed
from solami.frames import AudioChunk
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer


def test_both_directions_are_timed_whole_and_by_the_beat() -> None:
    """Every row has a real-time factor, and the streamed ones milliseconds a beat with p50 <= p95."""
    audio = AudioChunk((0.3 * np.sin(np.arange(64_000) / 9)).astype(np.float32), 16_000)
    for report in (speech_speed(DummySpeechTokenizer(), audio), motion_speed(DummyMotionTokenizer(), wave(4.0))):
        assert sorted(report) == ["decode_beat", "decode_whole", "encode_beat", "encode_whole"]
        assert all(row["rtf"] > 0 for row in report.values())
        assert all(
            0 < report[f"{way}_beat"]["ms_p50"] <= report[f"{way}_beat"]["ms_p95"] for way in ("encode", "decode")
        )

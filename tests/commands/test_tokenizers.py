import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from solami.audio.wav import read_audio, write_wav
from solami.cli import app
from solami.commands import tokenizers
from solami.errors import InputError
from solami.frames import AudioChunk
from solami.tokenizers.dummy_speech import DummySpeechTokenizer


@pytest.fixture(autouse=True)
def _dummy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenizers, "_speech", lambda checkpoint: DummySpeechTokenizer())


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A second and a bit of a tone."""
    tone = (0.3 * np.sin(np.arange(17_001) / 6)).astype(np.float32)
    write_wav(tmp_path / "in.wav", AudioChunk(tone, 16_000))
    return tmp_path / "in.wav"


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["tokenizers", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_a_speech_roundtrip_reports_and_keeps_the_length(recording: Path) -> None:
    """What comes back is as long as the recording, and the report says how long, how loud and at what rate."""
    out = recording.with_name("out.wav")
    report = json.loads(run("roundtrip", "speech", recording, out, "--json"))
    assert len(read_audio(out, 16_000).samples) == 17_001
    assert report["seconds"] == pytest.approx(17_001 / 16_000)
    assert report["bits_per_s"] == 25 * 8
    assert -60 < report["level_db"] < 0


def test_kept_codes_decode_to_the_very_same_recording(recording: Path) -> None:
    """`decode speech` of kept codes gives the bytes that the roundtrip gave."""
    first, second, codes = (recording.with_name(name) for name in ("a.wav", "b.wav", "codes.npz"))
    run("roundtrip", "speech", recording, first, "--codes", codes)
    run("decode", "speech", codes, second)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"text"])
def test_a_file_that_holds_no_codes_is_refused(tmp_path: Path, content: bytes) -> None:
    """Anything but kept codes is an InputError that says where codes come from."""
    (tmp_path / "codes.npz").write_bytes(content)
    with pytest.raises(InputError, match="--codes"):
        run("decode", "speech", tmp_path / "codes.npz", tmp_path / "out.wav")

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import EncodecConfig, EncodecModel
from typer.testing import CliRunner

from solami.audio.wav import read_audio, write_wav
from solami.cli import app
from solami.commands import tokenizers
from solami.config import load_serve_config
from solami.errors import ConfigError, InputError
from solami.frames import AudioChunk
from solami.tokenizers.config import CodecTokenizersConfig
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


@pytest.mark.parametrize("amplitude", [0.0, 0.02, 0.1, 0.9])
def test_what_comes_back_is_as_loud_as_it_was(recording: Path, amplitude: float) -> None:
    """Codes do not hold the level, the gain that goes with them does; silence stays silence."""
    source, out = (recording.with_name(name) for name in ("loud.wav", "out.wav"))
    write_wav(source, AudioChunk((amplitude * np.sin(np.arange(17_001) / 6)).astype(np.float32), 16_000))
    report = json.loads(run("roundtrip", "speech", source, out, "--json"))
    made = read_audio(out, 16_000).samples
    if amplitude == 0:
        assert not made.any() and report["level_db"] == -120
    else:
        assert report["level_db"] == pytest.approx(20 * np.log10(amplitude / np.sqrt(2)), abs=0.2)
        assert np.sqrt(np.mean(made**2)) == pytest.approx(amplitude / np.sqrt(2), rel=0.03)


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


def test_a_codecs_folder_takes_the_place_of_the_checkpoints(recording: Path, tmp_path: Path) -> None:
    """With --codec the recording goes through that codec, at its rate and with all its codebooks."""
    torch.manual_seed(0)
    sizes = {"num_filters": 4, "codebook_size": 64, "codebook_dim": 16, "num_lstm_layers": 1}
    shape = EncodecConfig(hidden_size=16, **sizes, target_bandwidths=(0.9, 1.8), upsampling_ratios=[8, 5, 4, 2])
    EncodecModel(shape).save_pretrained(tmp_path / "codec")
    out = tmp_path / "out.wav"
    report = json.loads(run("roundtrip", "speech", recording, out, "--codec", tmp_path / "codec", "--json"))
    assert report["bits_per_s"] == 75 * 4 * 6
    assert report["seconds"] == pytest.approx(17_001 / 16_000, abs=1e-3)
    with pytest.raises(ConfigError, match="nowhere"):
        run("roundtrip", "speech", recording, out, "--codec", tmp_path / "nowhere")


def test_a_codec_can_be_served_by_config(tmp_path: Path) -> None:
    """`tokenizers: {kind: codec}` builds the codec for speech; one without a folder is refused."""
    assert isinstance(
        load_serve_config("default", ["tokenizers.kind=codec", f"tokenizers.speech={tmp_path}"]).tokenizers,
        CodecTokenizersConfig,
    )
    with pytest.raises(ConfigError, match=r"tokenizers\.\S*speech"):
        load_serve_config("default", ["tokenizers.kind=codec"])

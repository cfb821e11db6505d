"""`solami talk` against a scripted server, and its answers to bad input."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from solami.cli import main
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server

GOOD: dict[str, Any] = {
    "poses": np.zeros((9, 165), np.float32),
    "trans": np.zeros((9, 3), np.float32),
    "mocap_frame_rate": 30.0,
}


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["solami", "talk", *map(str, arguments)])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_json_is_one_object_and_the_files_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json standard output is the report alone, and it names the numbers that outside checks rely on."""
    soundfile.write(tmp_path / "in.wav", 0.1 * np.sin(np.arange(8000) / 9), 16000)
    np.savez(tmp_path / "in.npz", **GOOD)
    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(beats=1), config), config) as url:
        inputs = ("--audio", tmp_path / "in.wav", "--motion", tmp_path / "in.npz", "--pace", 0, "--seed", 5)
        assert _run(monkeypatch, *inputs, "--url", url, "--out", tmp_path / "out", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    times = "response_latency_ms first_audio_ms first_motion_ms reply_seconds rtf"
    assert set(f"model {times} motion_frames fps heard saw said does budget".split()) <= set(report)
    assert (report["seed"], report["saw"], report["reply_seconds"]) == (5, "9 poses", 0.4)
    assert {"reply.wav", "reply.npz", "reply.glb", "report.json"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }


def _not_audio(folder: Path) -> tuple[object, ...]:
    (folder / "a.wav").write_text("not audio")
    return "--audio", folder / "a.wav"


def _empty_wav(folder: Path) -> tuple[object, ...]:
    soundfile.write(folder / "a.wav", np.zeros(0), 16000)
    return "--audio", folder / "a.wav"


def _nan_poses(folder: Path) -> tuple[object, ...]:
    np.savez(folder / "a.npz", **(GOOD | {"poses": np.full((9, 165), np.nan, np.float32)}))
    return "--motion", folder / "a.npz"


def _wrong_joints(folder: Path) -> tuple[object, ...]:
    np.savez(folder / "a.npz", **(GOOD | {"poses": np.zeros((9, 66), np.float32)}))
    return "--motion", folder / "a.npz"


@pytest.mark.parametrize(
    "make",
    [
        _not_audio,
        _empty_wav,
        _nan_poses,
        _wrong_joints,
        lambda folder: ("--audio", folder / "missing.wav"),
        lambda folder: ("--motion", folder / "missing.npz"),
        lambda folder: ("--text", "hi", "--audio", folder / "missing.wav"),
        lambda folder: ("--text", " "),
        lambda folder: (),
    ],
)
def test_bad_input_is_one_sentence(
    make: Callable[[Path], tuple[object, ...]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever is wrong with the input: status 2, one line on standard error, before any model is loaded."""
    assert _run(monkeypatch, *make(tmp_path), "--out", tmp_path / "out") == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ") and printed.err.count("\n") == 1 and printed.out == ""
    assert "Traceback" not in printed.err


def test_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An address where nothing answers is status 1 and says how to start a server."""
    assert _run(monkeypatch, "--text", "hi", "--url", "ws://127.0.0.1:9/v1/realtime", "--out", tmp_path) == 1
    assert "solami serve" in capsys.readouterr().err

"""Every reader of files that people bring, against broken files."""

import json
import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from solami.audio.wav import read_audio
from solami.body.motion_files import WRITERS, read_any_motion
from solami.body.procedural import wave
from solami.body.tracker_files import read_trackers
from solami.errors import ConfigError, InputError
from solami.personas import load_persona

Fuzz = Callable[..., None]
MOTION = wave(0.1)  # three poses
PERSONA = b"name: mia\ntitle: A guide\ntext: You are Mia.\nvoice: ada\n"
arrays = npst.arrays(
    npst.scalar_dtypes() | npst.unicode_string_dtypes(max_len=3),
    npst.array_shapes(min_dims=0, max_dims=3, max_side=5),
)


@st.composite
def broken(draw: st.DrawFn, valid: bytes) -> bytes:
    """Valid bytes with some of them changed, then perhaps cut."""
    data = bytearray(valid)
    for _ in range(draw(st.integers(0, 8))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)) | st.just(len(data)))])


def written(ending: str, folder: Path) -> bytes:
    path = folder / f"valid{ending}"
    WRITERS[ending](path, MOTION)
    return path.read_bytes()


def npz(values: dict[str, Any]) -> bytes:
    file = BytesIO()
    np.savez(file, **values)
    return file.getvalue()


def odd_npz(names: list[str]) -> st.SearchStrategy[bytes]:
    """Archives with these arrays, any of them missing, or of another shape or kind."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, arrays)).map(npz)


def reading(read: Callable[[Path], object], folder: Path, ending: str) -> Callable[[bytes], object]:
    path = folder / f"given{ending}"

    def decode(content: bytes) -> object:
        path.write_bytes(content)
        return read(path)

    return decode


@st.composite
def broken_glb(draw: st.DrawFn, valid: bytes) -> bytes:
    """A GLB whose JSON has one value, somewhere inside, replaced or taken away."""
    length = struct.unpack_from("<I", valid, 12)[0]
    tree = json.loads(valid[20 : 20 + length])
    place: Any = tree
    while True:
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or draw(st.integers(0, 3)) == 0:
            break
        place = place[key]
    if draw(st.booleans()):
        place[key] = draw(st.none() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers()))
    else:
        del place[key]
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    rest = valid[20 + length :]
    return (
        struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest))
        + struct.pack("<I", len(text))
        + b"JSON"
        + text
        + rest
    )


@pytest.mark.parametrize("ending", [".npz", ".bvh", ".vrma"])
def test_broken_motion_files(fuzz: Fuzz, tmp_path: Path, ending: str) -> None:
    """A motion file with changed or missing bytes is read or refused with one sentence."""
    inputs = broken(written(ending, tmp_path)) | st.binary(max_size=60)
    fuzz(inputs, reading(read_any_motion, tmp_path, ending), InputError, 300)


def test_broken_gltf_trees(fuzz: Fuzz, tmp_path: Path) -> None:
    """A VRMA whose JSON says something else is read or refused with one sentence."""
    inputs = broken_glb(written(".vrma", tmp_path))
    fuzz(inputs, reading(read_any_motion, tmp_path, ".vrma"), InputError, 400)


def test_odd_arrays(fuzz: Fuzz, tmp_path: Path) -> None:
    """Archives with arrays of any shape and kind are no motion and no trackers."""
    names = ["poses", "trans", "mocap_frame_rate", "surface_model_type", "up_axis", "trans_is"]
    fuzz(odd_npz(names), reading(read_any_motion, tmp_path, ".npz"), InputError, 300)
    names = ["head", "left", "right", "t", "valid", "axes"]
    fuzz(odd_npz(names), reading(read_trackers, tmp_path, ".npz"), InputError, 300)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG"])
def test_broken_sounds(fuzz: Fuzz, tmp_path: Path, kind: str) -> None:
    """A sound file with changed or missing bytes is read or refused with one sentence."""
    file = BytesIO()
    soundfile.write(file, 0.1 * np.sin(np.arange(800) / 9), 8000, format=kind)
    decode = reading(lambda path: read_audio(path, 16_000), tmp_path, f".{kind.lower()}")
    fuzz(broken(file.getvalue()) | st.binary(max_size=60), decode, InputError, 300)


def test_broken_personas(fuzz: Fuzz, tmp_path: Path) -> None:
    """A persona file is read or refused with one sentence."""
    fuzz(broken(PERSONA) | st.binary(max_size=60), reading(load_persona, tmp_path, ".yaml"), ConfigError, 300)

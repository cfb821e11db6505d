import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solami.body.gltf_file import read_glb
from solami.errors import InputError

VALUES = np.arange(6, dtype="<f4")


def _glb(document: Any, binary: bytes = VALUES.tobytes()) -> bytes:
    text = json.dumps(document).encode() if not isinstance(document, bytes) else document
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return b"glTF" + struct.pack("<II", 2, 12 + len(chunks)) + chunks


def _document(**changed: Any) -> dict[str, Any]:
    accessor = {"bufferView": 0, "componentType": 5126, "count": 2, "type": "VEC3"} | changed
    return {"accessors": [accessor], "bufferViews": [{"buffer": 0, "byteLength": 24}], "buffers": [{"byteLength": 24}]}


def _written(tmp_path: Path, raw: bytes) -> Path:
    (tmp_path / "a.glb").write_bytes(raw)
    return tmp_path / "a.glb"


def test_arrays_are_read_with_offset_stride_and_fractions(tmp_path: Path) -> None:
    """Plain, strided and normalised accessors give their values."""
    np.testing.assert_array_equal(read_glb(_written(tmp_path, _glb(_document()))).array(0), VALUES.reshape(2, 3))
    strided = _document(type="SCALAR", byteOffset=4, count=2)
    strided["bufferViews"][0]["byteStride"] = 12
    np.testing.assert_array_equal(read_glb(_written(tmp_path, _glb(strided))).array(0), [[1], [4]])
    short = _document(type="SCALAR", componentType=5122, count=2, normalized=True)
    raw = np.array([32767, -32768], "<i2").tobytes()
    np.testing.assert_allclose(read_glb(_written(tmp_path, _glb(short, raw))).array(0), [[1], [-1]])


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"count": 10**15}, "cut"),
        ({"count": 3}, "ends at byte 36 of 24"),
        ({"count": -1}, "cut"),
        ({"count": 2.5}, "unknown type"),
        ({"componentType": 1}, "unknown type"),
        ({"sparse": {}}, "sparse"),
        ({"bufferView": 7}, "bufferViews 7"),
        ({"byteOffset": -4}, "byte count"),
    ],
)
def test_broken_accessors_say_why(tmp_path: Path, changed: dict[str, Any], says: str) -> None:
    """No count is believed beyond the bytes there are."""
    with pytest.raises(InputError, match=says):
        read_glb(_written(tmp_path, _glb(_document(**changed)))).array(0)


def test_nan_is_refused(tmp_path: Path) -> None:
    """Values must be finite."""
    raw = np.array([0, 1, np.nan, 3, 4, 5], "<f4").tobytes()
    with pytest.raises(InputError, match="NaN"):
        read_glb(_written(tmp_path, _glb(_document(), raw))).array(0)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda raw: b"", "header"),
        (lambda raw: b"hello, this is no glTF file", "header"),
        (lambda raw: b"glTF" + struct.pack("<I", 1) + raw[8:], "header"),
        (lambda raw: raw[:-8], "cut"),
        (lambda raw: raw[:8] + struct.pack("<I", 20) + struct.pack("<I", 1 << 30) + raw[16:], "cut"),
        (lambda raw: _glb(b"{not json"), "JSON"),
        (lambda raw: _glb(b"[" * 100_000), "JSON"),
        (lambda raw: _glb([1, 2]), "no object"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, spoil: Callable[[bytes], bytes], says: str) -> None:
    """What is no whole binary glTF is an InputError."""
    with pytest.raises(InputError, match=says):
        read_glb(_written(tmp_path, spoil(_glb(_document()))))


def test_parts_must_be_lists_of_objects(tmp_path: Path) -> None:
    """A document of the wrong shape is told, not tripped over."""
    file = read_glb(_written(tmp_path, _glb({"nodes": [1], "skins": {}})))
    for name in ("nodes", "skins"):
        with pytest.raises(InputError, match=name):
            file.part(name)
    with pytest.raises(InputError, match="cannot be read"):
        read_glb(tmp_path)

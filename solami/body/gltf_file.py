"""Reads a binary glTF container: the checked JSON and arrays by accessor. Knows no bones.

glTF 2.0: https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html. Nothing is allocated on a file's word alone: a
count is believed only if the bytes are there.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solami.errors import InputError

_MAX_BYTES = 1 << 29
_JSON, _BIN = 0x4E4F534A, 0x004E4942
_DTYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


@dataclass(frozen=True, slots=True, eq=False)
class GltfFile:
    """The document and its binary part."""

    path: Path
    document: dict[str, Any]
    binary: bytes

    def part(self, name: str) -> list[dict[str, Any]]:
        """A top-level array; empty if it is absent. Raises InputError if it is no array of objects."""
        found = self.document.get(name, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise InputError(f"{self.path}: {name} is no array of objects, expected glTF 2.0")
        return found

    def item(self, name: str, number: object) -> dict[str, Any]:
        """One entry of a top-level array. Raises InputError if there is none of this number."""
        items = self.part(name)
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < len(items):
            raise InputError(f"{self.path}: refers to {name} {number!r}, but has {len(items)}; the file is broken")
        return items[number]

    def array(self, number: object) -> NDArray[np.float64]:
        """An accessor's values [N, D]; normalised integers become fractions.

        Raises:
            InputError: it is sparse, lies outside the file, or holds NaN.
        """
        accessor = self.item("accessors", number)
        view = self.item("bufferViews", accessor.get("bufferView"))
        kind, count = accessor.get("componentType"), accessor.get("count")
        width = _WIDTHS.get(str(accessor.get("type")))
        if kind not in _DTYPES or width is None or not isinstance(count, int) or "sparse" in accessor:
            raise InputError(f"{self.path}: accessor {number} is sparse or of an unknown type, expected plain numbers")
        dtype = np.dtype(_DTYPES[kind])
        start = _whole(self.path, view.get("byteOffset", 0)) + _whole(self.path, accessor.get("byteOffset", 0))
        stride = _whole(self.path, view.get("byteStride", 0)) or dtype.itemsize * width
        end = start + stride * (count - 1) + dtype.itemsize * width
        if view.get("buffer", 0) != 0 or count < 1 or end > len(self.binary):
            raise InputError(
                f"{self.path}: accessor {number} ends at byte {end} of {len(self.binary)}; the file is cut"
            )
        values = np.ndarray((count, width), dtype, self.binary, start, (stride, dtype.itemsize)).astype(np.float64)
        if accessor.get("normalized") and dtype.kind in "iu":
            values = np.maximum(values / np.iinfo(dtype).max, -1.0)
        if not np.isfinite(values).all():
            raise InputError(f"{self.path}: accessor {number} holds NaN or infinity; mend the file")
        return values


def read_glb(path: Path) -> GltfFile:
    """Read a .glb, .vrm or .vrma container. Raises InputError for anything else."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"{path}: {path.stat().st_size >> 20} MiB, expected at most {_MAX_BYTES >> 20}")
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); give a binary glTF file") from error
    if len(raw) < 20 or raw[:4] != b"glTF" or struct.unpack_from("<I", raw, 4)[0] != 2:
        raise InputError(f"{path}: no binary glTF 2.0 header, expected a .glb, .vrm or .vrma; save .gltf files as .glb")
    if struct.unpack_from("<I", raw, 8)[0] > len(raw):
        raise InputError(f"{path}: {len(raw)} bytes of {struct.unpack_from('<I', raw, 8)[0]}; the file is cut")
    chunks = dict(_chunks(path, raw))
    try:
        document = json.loads(chunks.get(_JSON, b"").decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: its JSON cannot be read ({error}); the file is broken") from error
    if not isinstance(document, dict):
        raise InputError(f"{path}: its JSON is no object, expected glTF 2.0")
    return GltfFile(path, document, chunks.get(_BIN, b""))


def _chunks(path: Path, raw: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    at = 12
    while at + 8 <= len(raw) and len(found) < 16:
        length, kind = struct.unpack_from("<II", raw, at)
        if at + 8 + length > len(raw):
            raise InputError(f"{path}: a chunk of {length} bytes ends after the file; it is cut")
        found.append((kind, raw[at + 8 : at + 8 + length]))
        at += 8 + length
    return found


def _whole(path: Path, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InputError(f"{path}: got {value!r} where a byte count must be; the file is broken")
    return value

import struct
import zlib
from pathlib import Path

import numpy as np

from solami.body.png import write_png


def test_pixels_are_in_the_file(tmp_path: Path) -> None:
    """Header, checksums and unpacked rows are those of the array."""
    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    write_png(tmp_path / "a.png", pixels)
    raw = (tmp_path / "a.png").read_bytes()
    assert raw[:8] == b"\x89PNG\r\n\x1a\n"
    parts, place = {}, 8
    while place < len(raw):
        length, kind = struct.unpack(">I4s", raw[place : place + 8])
        body = raw[place + 8 : place + 8 + length]
        assert struct.unpack(">I", raw[place + 8 + length : place + 12 + length])[0] == zlib.crc32(kind + body)
        parts[kind], place = body, place + 12 + length
    assert struct.unpack(">II", parts[b"IHDR"][:8]) == (3, 2)
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(2, 10)
    np.testing.assert_array_equal(rows[:, 1:].reshape(2, 3, 3), pixels)

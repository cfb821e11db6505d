from pathlib import Path

import numpy as np
import pytest

from solami.body.film import film_frames, write_film
from solami.body.procedural import wave
from solami.body.timing import cut
from solami.errors import InputError


def test_frames_show_front_and_side_at_the_rate_asked_for() -> None:
    """Half a second at 6 frames a second is three or four pictures, whose halves differ."""
    frames = list(film_frames(wave(0.5), 6.0))
    assert len(frames) in (3, 4) and frames[0].dtype == np.uint8
    height, width, _ = frames[0].shape
    assert height % 16 == 0 and width % 16 == 0
    assert np.abs(frames[0][:, : width // 2].astype(int) - frames[0][:, width // 2 :]).max() > 50


@pytest.mark.parametrize(("name", "needs", "magic"), [("a.gif", "PIL", b"GIF8"), ("a.mp4", "imageio_ffmpeg", b"ftyp")])
def test_films_are_written(tmp_path: Path, name: str, needs: str, magic: bytes) -> None:
    """The ending chooses the kind of file."""
    pytest.importorskip(needs)
    write_film(tmp_path / name, wave(0.3), fps=5.0)
    assert magic in (tmp_path / name).read_bytes()[:12]


def test_what_cannot_be_filmed_is_refused(tmp_path: Path) -> None:
    """No poses, an unknown ending and a rate of nothing are errors."""
    for name, motion, fps, words in (
        ("a.gif", cut(wave(0.3), 0, 0), 5.0, "without poses"),
        ("a.avi", wave(0.3), 5.0, "expected .mp4 or .gif"),
        ("a.gif", wave(0.3), 0.0, "1 to 60"),
    ):
        with pytest.raises(InputError, match=words):
            write_film(tmp_path / name, motion, fps=fps)

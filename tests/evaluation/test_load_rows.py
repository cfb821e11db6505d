"""Rows from replies that were never sent."""

import numpy as np

from solami.evaluation.load_rows import Heard, Tally, row_of
from solami.evaluation.playback import ReplyPlayback


def heard(sound_s: float | None, motion_s: float | None) -> Heard:
    """A reply to a commit at second 1."""
    player = ReplyPlayback(24_000, 30.0, 0.1)
    if motion_s is not None:
        player.on_poses(12, motion_s)
    if sound_s is not None:
        player.on_audio(np.full(9600, 0.5, np.float32), sound_s)
    return Heard(1.0, player, done={"rtf": 0.25, "rules": ["held_hands"]})


def test_no_replies_make_a_row_without_numbers() -> None:
    """Where everybody was refused there is nothing to measure."""
    row = row_of(2, Tally(refused=2))
    assert row["first_audio_ms_p50"] is None and row["rtf"] is None and row["underruns"] == 0


def test_times_count_from_the_commit() -> None:
    """The first sound and the first pose are those that arrived; silent replies are counted apart."""
    row = row_of(1, Tally([heard(1.2, 1.1), heard(1.3, 1.1), heard(None, 1.1)], failed=1))
    assert (row["first_audio_ms_p50"], row["first_motion_ms_p95"]) == (250.0, 100.0)
    assert (row["replies"], row["silent_replies"], row["failed"], row["rtf"]) == (3, 1, 1, 0.25)
    assert row["rules"] == {"held_hands": 3}


def test_a_body_that_moves_later_than_the_voice_is_counted() -> None:
    """A reply whose first pose came behind its first sound, or never, counts; one without sound does not."""
    replies = [heard(1.2, 1.2), heard(1.2, 1.3), heard(1.2, None), heard(None, 1.5)]
    assert row_of(1, Tally(replies))["motion_after_audio"] == 2

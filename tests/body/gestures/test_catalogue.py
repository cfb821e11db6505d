import json
import os
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from solami import skeleton
from solami.body.geometry import Array, angle_between
from solami.body.gestures.catalogue import CAPTIONS, Performance, action_of, perform, planned_seconds
from solami.body.gestures.limits import SPEED_LIMIT_RAD_S
from solami.body.gestures.player import joint_speeds
from solami.body.kinematics import sole_height
from solami.body.measures import body_positions
from solami.errors import InputError

PACK = Path(os.environ.get("SOLAMI_DATA") or Path(__file__).parents[4] / "shared" / "data")
FLYING = ("jumps", "hops")
SEED = 3


@cache
def take(caption: str, seed: int = SEED) -> Performance:
    return perform(caption, seed)


@cache
def heights(caption: str) -> Array:
    return sole_height(body_positions(take(caption).motion))


@pytest.mark.skipif(not PACK.is_dir(), reason="needs the data pack (SOLAMI_DATA)")
def test_every_caption_of_the_plain_scripts_is_there() -> None:
    """CAPTIONS are the sixty captions of the two plain scripts."""
    seen: Counter[str] = Counter()
    for name in ("ada", "tom"):
        for line in (PACK / "scripts" / f"{name}.jsonl").read_text().splitlines():
            seen.update(turn["motion"] for turn in json.loads(line)["turns"] if turn["motion"])
    assert set(CAPTIONS) == set(seen)
    assert len(CAPTIONS) == 60


@pytest.mark.parametrize("caption", CAPTIONS)
def test_a_take_is_whole(caption: str) -> None:
    """It is finite, of a gesture's length, begins facing +Z over the origin, and its stroke lies within."""
    performance = take(caption)
    motion = performance.motion
    seconds = len(motion.rotations) / motion.fps
    assert np.isfinite(motion.rotations).all() and np.isfinite(motion.translation).all()
    np.testing.assert_allclose(np.linalg.norm(motion.rotations, axis=-1), 1, atol=1e-5)
    assert 1.8 < seconds < 11
    assert np.abs(motion.translation[0, [0, 2]]).max() < 0.05
    assert performance.action == action_of(caption)
    assert performance.stroke_s is None or 0 < performance.stroke_s < seconds


@pytest.mark.parametrize("caption", CAPTIONS)
def test_soles_are_on_the_floor(caption: str) -> None:
    """The lowest sole is within a centimetre of the floor; jumps leave it, but never sink."""
    assert heights(caption).min() > -0.01
    assert (heights(caption).max() > 0.05) if caption in FLYING else (heights(caption).max() < 0.01)


@pytest.mark.parametrize("caption", CAPTIONS)
def test_no_joint_is_faster_than_real_ones(caption: str) -> None:
    """Every joint stays below the 99.9th percentile of real clips."""
    assert (joint_speeds(take(caption).motion) <= SPEED_LIMIT_RAD_S * 1.001).all()


@pytest.mark.parametrize("caption", CAPTIONS)
def test_knees_and_elbows_bend_the_right_way(caption: str) -> None:
    """Knees bend backwards, elbows forwards, by no more than a body can."""
    rotations = take(caption).motion.rotations.astype(np.float64)
    for joint, axis, sign in (
        ("left_knee", 0, 1),
        ("right_knee", 0, 1),
        ("left_elbow", 1, -1),
        ("right_elbow", 1, 1),
    ):
        turn = rotations[:, skeleton.INDEX[joint]]
        bend = sign * 2 * np.arctan2(turn[:, axis], np.abs(turn[:, 3])) * np.sign(turn[:, 3])
        assert np.degrees(bend.min()) > -20 and np.degrees(bend.max()) < 160


@pytest.mark.parametrize("caption", CAPTIONS)
def test_takes_begin_and_end_near_the_idle(caption: str) -> None:
    """First and last pose differ little from standing, so that clips can be joined."""
    rotations = take(caption).motion.rotations.astype(np.float64)
    still = take("stands still").motion.rotations.astype(np.float64)[0]
    joints = slice(1, skeleton.NUM_BODY_JOINTS)  # the pelvis may face elsewhere at the end
    for pose in (rotations[0], rotations[-1]):
        assert np.degrees(angle_between(pose[joints], still[joints]).max()) < 35


def test_the_same_seed_gives_the_same_take() -> None:
    """A take is repeated exactly; other seeds give other ones."""
    again = perform("bows", SEED)
    np.testing.assert_array_equal(again.motion.rotations, take("bows").motion.rotations)
    other = perform("bows", SEED + 1).motion.rotations
    assert len(other) != len(again.motion.rotations) or np.abs(other - again.motion.rotations).max() > 0.01


def test_the_plan_knows_the_length() -> None:
    """Length and stroke can be had without playing."""
    performance = take("nods")
    seconds, stroke_s = planned_seconds("nods", SEED)
    assert abs(seconds - len(performance.motion.rotations) / 30) < 0.05
    assert stroke_s == performance.stroke_s


def test_other_rates_show_the_same_length() -> None:
    """At 60 fps a take has twice the poses."""
    assert abs(len(perform("nods", SEED, 60.0).motion.rotations) - 2 * len(take("nods").motion.rotations)) <= 2


def test_unknown_captions_are_refused() -> None:
    """The error names what was got."""
    with pytest.raises(InputError, match="moonwalks"):
        perform("moonwalks", 0)

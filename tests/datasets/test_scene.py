import math
import random
from dataclasses import astuple

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.body.standing import moved, placement_between
from solami.datasets.scene import Scene, Spot, floor_path, placement
from solami.frames import MotionChunk


def walk(metres: float, turn: float) -> MotionChunk:
    """Ten poses that go forward and turn left evenly, starting over the origin."""
    still = wave(1.0, seed=0)
    poses = [
        moved(MotionChunk(still.rotations[:1], still.translation[:1], 30.0), turn * i / 9, 0.0, metres * i / 9)
        for i in range(10)
    ]
    return MotionChunk(
        np.concatenate([p.rotations for p in poses]), np.concatenate([p.translation for p in poses]), 30.0
    )


def test_people_are_staged_in_talking_distance_and_face_each_other() -> None:
    """However the seed falls, both see the other 1.2 to 2 m ahead."""
    for seed in range(50):
        scene = Scene(random.Random(seed))
        for person in ("user", "agent"):
            seen = scene.seen(person)
            assert 1.2 <= seen.distance_m <= 2 and abs(seen.bearing_rad) <= 0.71 and abs(seen.facing_rad) <= 0.71


def test_a_step_forward_brings_a_person_nearer() -> None:
    """Half a metre towards somebody who looks back leaves half a metre less, and only `go` keeps it."""
    scene = Scene(random.Random(1))
    before = scene.seen("agent")
    step = np.array([0.0, 0.5, 0.0], np.float32)
    assert scene.seen("agent", step).distance_m == pytest.approx(before.distance_m - 0.5, abs=0.05)
    assert astuple(scene.seen("agent")) == astuple(before)
    scene.go("agent", step)
    assert scene.seen("agent").distance_m == pytest.approx(before.distance_m - 0.5, abs=0.05)


def test_who_turns_away_is_staged_anew() -> None:
    """A half turn left stands until the exchange is over; then both face each other again."""
    scene = Scene(random.Random(2))
    scene.go("agent", np.array([0.0, 0.0, math.pi], np.float32))
    assert abs(scene.seen("agent").facing_rad) > 2
    scene.settle()
    assert abs(scene.seen("agent").facing_rad) < 0.8


def test_a_scene_that_is_fine_stays() -> None:
    """Small movements of both are kept from exchange to exchange."""
    scene = Scene(random.Random(3))
    scene.go("user", np.array([0.1, 0.05, 0.1], np.float32))
    before = scene.seen("user")
    scene.settle()
    assert astuple(scene.seen("user")) == astuple(before)


def test_placements_agree_with_those_of_whole_bodies() -> None:
    """The floor's arithmetic gives what `placement_between` measures on two posed bodies."""
    body = wave(1.0, seed=0)
    body = MotionChunk(body.rotations[:1], body.translation[:1] * np.array([0, 1, 0], np.float32), 30.0)
    spots = Spot(0.4, -0.3, 0.5), Spot(-0.6, 1.2, -2.0)
    bodies = [moved(body, spot.heading_rad, spot.x_m, spot.z_m) for spot in spots]
    wanted, got = placement_between(bodies[0], bodies[1]), placement(spots[0], spots[1])
    assert got.distance_m == pytest.approx(wanted.distance_m, abs=1e-4)
    assert got.facing_rad == pytest.approx(wanted.facing_rad, abs=1e-3)


def test_a_path_does_not_depend_on_where_it_was_recorded() -> None:
    """Moving a whole recording over the floor leaves its steps alone; they start at nothing."""
    motion = walk(0.9, 0.6)
    path = floor_path(motion, 3)
    np.testing.assert_allclose(path[0], 0, atol=1e-6)
    np.testing.assert_allclose(floor_path(moved(motion, 1.1, 2.0, -1.0), 3), path, atol=1e-4)
    assert path[-1, 2] == pytest.approx(0.4, abs=1e-3) and np.hypot(*path[-1, :2]) == pytest.approx(0.6, abs=1e-3)

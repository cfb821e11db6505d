"""The runs of poses that stand under turns: which there are, and how each is made. `lm_encoding` makes their codes."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path

import numpy as np

from solami.datasets.motion import load_motion_clips
from solami.datasets.procedural_clips import procedural_clips
from solami.datasets.scene import floor_path
from solami.datasets.sources import data_pack
from solami.datasets.staging import LEAD_FRAMES, Stage
from solami.frames import FloatArray, MotionChunk
from solami.tokenizers.three_points import ThreePointModel
from solami.training.lm_codes import IDLES, TALKS, THREE_POINTS
from solami.training.three_points_data import Faults, simulate

FRAMES_PER_CODE = 4
LEAD_CODES = LEAD_FRAMES // FRAMES_PER_CODE
TRACKED_EVERY = 2  # of the runs one is also encoded as a user's headset and controllers show it


def train_stage(pack: Path | None, takes: int | None = None) -> Stage:
    """The stage of the pack's train clips and of so many procedural takes a caption; without a pack these alone."""
    clips = [] if pack is None else [clip for clip in load_motion_clips(data_pack(pack)) if clip.split == "train"]
    made = None if takes is None else [clip for clip in procedural_clips(takes) if clip.split == "train"]
    return Stage(clips, made)


def staged_keys(stage: Stage, *, has_trackers: bool = False) -> list[str]:
    """Every run: all clips both ways, some talking, some idle, both halves of pairs, some of them from trackers."""
    clips = [staged.key for staged in stage.all_clips()] + [half.key for half, _ in stage.duets]
    idles = [f"idle:{i}" for i in range(IDLES)]
    tracked = [key for key in clips if md5(key.encode()).digest()[0] % TRACKED_EVERY == 0] if has_trackers else []
    tracked = [f"{THREE_POINTS}{key}" for key in (*tracked, *(idles if has_trackers else ()))]
    return idles + [f"talk:{i}" for i in range(TALKS)] + clips + tracked


def make_run(stage: Stage, solver: ThreePointModel | None, key: str) -> MotionChunk:
    """The poses of a run, as they are or as a model guesses them from what devices with faults saw of them."""
    if not key.startswith(THREE_POINTS) or solver is None:
        return stage.make(key)
    seed = int.from_bytes(md5(key.encode()).digest()[:4], "little")
    generator = np.random.default_rng(seed)
    seen = simulate(stage.make(key.removeprefix(THREE_POINTS)), generator.uniform(0.9, 1.1), Faults(), generator)
    return solver.solve(seen).motion


def code_steps(run: MotionChunk, count: int) -> FloatArray:
    """Floor steps [count, 3] from the last pose of the lead-in to the last one of each code frame."""
    path = floor_path(run, LEAD_FRAMES - 1)
    return path[np.minimum(FRAMES_PER_CODE * (1 + np.arange(count)), len(path) - 1)]

"""Motion under a turn: a clip from its stroke on, then idle, as one run of poses without a seam.

Encoders are causal, so a turn of any length takes the first codes of such a run; runs are made and encoded once a clip.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solami.body.geometry import heading, multiply, rotate, slerp, yaw_quaternion
from solami.body.timing import cut, join
from solami.body.variation import mirrored
from solami.datasets.motion import MotionClip
from solami.datasets.procedural_clips import canonical_action, procedural_clips
from solami.datasets.retrieval import GOOD_MATCH, Match, MotionRetriever, first_clause, mix
from solami.datasets.scripts import WORDS_PER_S, ScriptTurn
from solami.frames import MotionChunk

BLEND_FRAMES = 8
LEAD_FRAMES = 12  # of idle before the turn: the encoder's past, dropped from the codes
BEFORE_STROKE_S = 0.35
MAX_CLIP_S, TAIL_S, TALK_S = 9.0, 6.0, 9.0
OVERHANG_S = 1.2  # that a gesture may outlast its line
TALK_ACTIONS = ("beat", "talk", "question", "we", "me", "you", "inclusive", "offer", "chop", "frame", "example")
IDLE_ACTIONS = ("idle", "listen", "weight_shift", "posture")


@dataclass(frozen=True, slots=True)
class Staged:
    """A run of poses that can stand under a turn."""

    key: str
    caption: str  # "" where the motion is no event worth a <saw>
    seconds: float  # of the gesture itself, without the idle behind it


class Stage:
    """Chooses and makes the motion of turns from captured train clips and from procedural ones."""

    def __init__(self, clips: Sequence[MotionClip], procedural: Sequence[MotionClip] | None = None) -> None:
        """Take the captured clips and the procedural ones (None: every train take) to choose from."""
        if procedural is None:
            procedural = [clip for clip in procedural_clips() if clip.split == "train"]
        alone = [clip for clip in clips if clip.is_alone]
        paired = [clip for clip in clips if not clip.is_alone]
        self.captured, self.procedural = MotionRetriever(alone), MotionRetriever(procedural, mirrors=False)
        self.paired = MotionRetriever(paired, mirrors=False)
        self.clips = {clip.id: clip for clip in (*alone, *procedural)}
        self._halves = {clip.id: clip for clip in paired}
        self.partners = {clip.id: other for clip in paired for other in paired if _are_partners(clip, other)}
        self._mirrored = {clip.id for clip in alone}
        self.idles = [c for c in alone if c.action in IDLE_ACTIONS and "hip" not in c.caption and c.seconds >= 2]
        self.talks = [c for c in alone if c.action in TALK_ACTIONS]
        self.idles = self.idles or [c for c in procedural if c.action == "idle"]
        self.talks = self.talks or [c for c in procedural if c.action in TALK_ACTIONS]

    def choose(self, caption: str, rng: random.Random, *, talks: bool, seconds: float | None = None) -> Staged:
        """The motion for a caption: one of the best clips, or idle or talking where there is none.

        `seconds` of the line it goes with: among clips that show the caption alike, those that end in time come first.
        """
        for wanted in dict.fromkeys((caption, first_clause(caption))):
            made, found = (r.find(wanted, 24) if wanted else [] for r in (self.procedural, self.captured))
            good = [self.staged(match) for match in mix(made, _same_action(wanted, found), rng)]
            if good:
                fitting = [clip for clip in good if seconds is None or clip.seconds <= seconds + OVERHANG_S]
                return rng.choice(fitting or sorted(good, key=lambda clip: clip.seconds)[:3])
        return Staged(f"{'talk' if talks else 'idle'}:{rng.randrange(48 if talks else 24)}", "", 0.0)

    def gesture_seconds(self, turn: ScriptTurn) -> float | None:
        """About how long the motion of an agent's turn lasts; None where no clip shows its caption."""
        spoken_s = len(turn.speech.split()) / WORDS_PER_S
        staged = self.choose(turn.motion, random.Random(turn.motion), talks=True, seconds=spoken_s)
        return staged.seconds if staged.caption else None

    def duet(self, asked: str, answered: str, rng: random.Random) -> tuple[Staged, Staged] | None:
        """The user's and the character's half of one recording that shows both captions; None where there is none."""
        if not asked or not answered:
            return None
        good = [m for m in self.paired.find(asked, 24) if m.score >= GOOD_MATCH]
        shown = {m.clip.id for m in self.paired.find(answered, 2 * len(self.partners)) if m.score >= GOOD_MATCH}
        halves = [(m.clip, self.partners[m.clip.id]) for m in good if m.clip.id in self.partners]
        halves = [(user, agent) for user, agent in halves if agent.id in shown]
        if not halves:
            return None
        user, agent = (self.staged(Match(clip, False, 1.0)) for clip in rng.choice(halves))
        return user, agent

    @property
    def duets(self) -> list[tuple[Staged, Staged]]:
        """Both halves of every recorded pair, each pair once in each order."""
        halves = [(clip, self.partners[clip.id]) for clip in self._halves.values() if clip.id in self.partners]
        pairs = [tuple(self.staged(Match(clip, False, 1.0)) for clip in pair) for pair in halves]
        return [(user, agent) for user, agent in pairs]

    def staged(self, match: Match) -> Staged:
        """A retrieved clip as a run."""
        clip, first = match.clip, _first_second(match.clip)
        key = f"clip:{clip.id}:{'mirrored' if match.is_mirrored else 'plain'}"
        return Staged(key, match.caption, min(clip.seconds - first, MAX_CLIP_S))

    def all_clips(self) -> list[Staged]:
        """Every clip, and every captured one mirrored too."""
        return [
            self.staged(Match(clip, mirror, 1.0))
            for clip in self.clips.values()
            for mirror in ((False, True) if clip.id in self._mirrored else (False,))
        ]

    def make(self, key: str) -> MotionChunk:
        """The poses of a run: LEAD_FRAMES of idle, the motion, idle to the end."""
        kind, _, rest = key.partition(":")
        rng = random.Random(key)
        if kind == "clip":
            clip_id, _, variant = rest.rpartition(":")
            clip = self.clips.get(clip_id) or self._halves[clip_id]
            motion = clip.read()
            first = round(_first_second(clip) * motion.fps)
            motion = cut(motion, first, first + round(MAX_CLIP_S * motion.fps))
            parts = [mirrored(motion) if variant == "mirrored" else motion, self._idle(TAIL_S, rng)]
        elif kind == "talk":
            parts = self._talking(rng)
        else:
            parts = [self._idle(TALK_S, rng)]
        run = cut(self._idle(1.0, rng), 0, LEAD_FRAMES + BLEND_FRAMES)
        for part in parts:
            run = join_smoothly(run, part)
        return run

    def _talking(self, rng: random.Random) -> list[MotionChunk]:
        parts: list[MotionChunk] = []
        while sum(len(part.rotations) for part in parts) < TALK_S * 30:
            clip = rng.choice(self.talks)
            motion = cut(clip.read(), 0, 120)
            parts.append(mirrored(motion) if rng.random() < 0.5 else motion)
        return parts

    def _idle(self, seconds: float, rng: random.Random) -> MotionChunk:
        motion = rng.choice(self.idles).read()
        motion = mirrored(motion) if rng.random() < 0.5 else motion
        wanted = round(seconds * motion.fps)
        while len(motion.rotations) < wanted + BLEND_FRAMES:
            motion = join_smoothly(motion, rng.choice(self.idles).read())
        first = rng.randrange(len(motion.rotations) - wanted)
        return cut(motion, first, first + wanted)


def _are_partners(clip: MotionClip, other: MotionClip) -> bool:
    return clip.pair_id == other.pair_id and clip.id != other.id


def _same_action(caption: str, found: list[Match]) -> list[Match]:
    """For a canonical caption only captures of its own action, so that who asks for it gets it."""
    action = canonical_action(caption)
    return found if action is None else [match for match in found if match.clip.action == action]


def _first_second(clip: MotionClip) -> float:
    return max(0.0, clip.stroke_s - BEFORE_STROKE_S) if clip.stroke_s is not None else 0.0


def join_smoothly(first: MotionChunk, second: MotionChunk, frames: int = BLEND_FRAMES) -> MotionChunk:
    """`second` moved to where `first` ends and blended over its last `frames` poses, which both then share."""
    frames = min(frames, len(first.rotations), len(second.rotations))
    if frames == 0:
        return join([first, second])
    start = len(first.rotations) - frames
    second = _moved(second, first, start)
    t = ((np.arange(frames) + 1) / (frames + 1)).astype(np.float32)
    t = t * t * (3 - 2 * t)
    rotations = slerp(first.rotations[start:], second.rotations[:frames], t[:, None])
    translation = first.translation[start:] + t[:, None] * (second.translation[:frames] - first.translation[start:])
    middle = MotionChunk(rotations.astype(np.float32), translation.astype(np.float32), first.fps)
    return join([cut(first, 0, start), middle, cut(second, frames, len(second.rotations))])


def _moved(motion: MotionChunk, goal: MotionChunk, frame: int) -> MotionChunk:
    """`motion` turned about the vertical and shifted along the floor so that it starts at the goal's pose `frame`."""
    yaw = heading(goal.rotations[frame, 0]) - heading(motion.rotations[0, 0])
    turn = yaw_quaternion(np.asarray(yaw, np.float32))
    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply(turn, motion.rotations[:, 0])
    moved = rotate(turn, motion.translation - motion.translation[0])
    origin = goal.translation[frame] * np.array([1, 0, 1]) + motion.translation[0] * np.array([0, 1, 0])
    return MotionChunk(rotations.astype(np.float32), (moved + origin).astype(np.float32), motion.fps)

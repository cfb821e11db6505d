"""The canonical captions and who performs them: `perform(caption, seed)` is a new take for every seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from solami.body.gestures.motions import showing, touching, travel, trunk_and_head, whole_body
from solami.body.gestures.player import planned_length, play
from solami.body.gestures.pose import Score, Side
from solami.errors import InputError
from solami.frames import MotionChunk

Builder = Callable[[np.random.Generator, Side], Score]
MOSTLY_RIGHT = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """One take of a caption."""

    motion: MotionChunk
    caption: str
    action: str
    stroke_s: float | None  # when the gesture proper begins


@dataclass(frozen=True, slots=True)
class _Entry:
    action: str
    builder: Builder
    side: Side | None = None  # None: the seed chooses


_ENTRIES: dict[str, _Entry] = {
    "stands still": _Entry("idle", showing.still),
    "talks with small hand beats": _Entry("beat", showing.beats),
    "talks with both hands": _Entry("talk", showing.talk_both),
    "nods": _Entry("nod", trunk_and_head.nod),
    "shakes the head": _Entry("head_shake", trunk_and_head.shake_head),
    "looks down": _Entry("look_down", trunk_and_head.look_down),
    "looks up": _Entry("look_up", trunk_and_head.look_up),
    "looks around": _Entry("look_around", trunk_and_head.look_around),
    "bows": _Entry("bow", trunk_and_head.bow),
    "leans forward": _Entry("lean", trunk_and_head.lean_forward),
    "shifts weight from foot to foot": _Entry("weight_shift", trunk_and_head.shift_weight),
    "shrugs": _Entry("shrug", showing.shrug),
    "waves with the right hand": _Entry("wave", showing.wave, "right"),
    "waves with the left hand": _Entry("wave", showing.wave, "left"),
    "waves with both hands": _Entry("wave_both", showing.wave_both),
    "points forward": _Entry("point", showing.point_forward),
    "points at the user": _Entry("point_you", showing.point_at_user),
    "points to the left": _Entry("point_aside", showing.point_aside, "left"),
    "points to the right": _Entry("point_aside", showing.point_aside, "right"),
    "points up": _Entry("point_up", showing.point_up),
    "points at oneself": _Entry("point_self", touching.point_at_self),
    "gives a thumbs up": _Entry("thumbs_up", showing.thumbs_up),
    "holds up a palm to stop": _Entry("stop", showing.stop),
    "offers with an open palm": _Entry("offer", showing.offer),
    "offers a handshake": _Entry("handshake", showing.handshake),
    "gives a high five": _Entry("high_five", showing.high_five),
    "reaches forward": _Entry("reach", showing.reach),
    "beckons to come closer": _Entry("beckon", showing.beckon),
    "lists on the fingers": _Entry("list", showing.listing),
    "cheers with both arms up": _Entry("cheer", showing.cheer),
    "opens both arms wide": _Entry("arms_wide", showing.arms_wide),
    "claps": _Entry("clap", touching.clap),
    "puts a hand on the chest": _Entry("hand_on_chest", touching.hand_on_chest),
    "covers the face": _Entry("cover_face", touching.cover_face),
    "puts both hands on the hips": _Entry("hands_on_hips", touching.hands_on_hips),
    "crosses the arms": _Entry("cross_arms", touching.cross_arms),
    "scratches the head": _Entry("scratch", touching.scratch_head),
    "thinks with a hand on the chin": _Entry("think", touching.think),
    "salutes": _Entry("salute", touching.salute, "right"),
    "wipes the brow": _Entry("wipe_brow", touching.wipe_brow),
    "sits down": _Entry("sit", whole_body.sit),
    "stands up": _Entry("stand_up", whole_body.stand_up),
    "squats": _Entry("crouch", whole_body.squat),
    "jumps": _Entry("jump", whole_body.jump),
    "hops": _Entry("hop", whole_body.hop),
    "throws something": _Entry("throw", whole_body.throw),
    "catches something": _Entry("catch", whole_body.catch),
    "stretches both arms": _Entry("stretch", whole_body.stretch),
    "plays air guitar": _Entry("air_guitar", whole_body.air_guitar),
    "takes a boxing stance": _Entry("fight_idle", whole_body.boxing),
    "punches forward": _Entry("punch", whole_body.punch),
    "kicks forward": _Entry("kick", whole_body.kick),
    "walks forward": _Entry("walk", travel.walk_forward),
    "walks backward": _Entry("walk_back", travel.walk_backward),
    "walks in a circle": _Entry("walk_circle", travel.walk_in_circle),
    "steps closer": _Entry("step", travel.step_closer),
    "steps back": _Entry("step_back", travel.step_back),
    "turns around": _Entry("turn", travel.turn_around),
    "spins around": _Entry("spin", travel.spin),
    "dances": _Entry("dance", travel.dance),
}

CAPTIONS: tuple[str, ...] = tuple(_ENTRIES)


def action_of(caption: str) -> str:
    """The action tag of a canonical caption. Raises InputError for another one."""
    return _entry(caption).action


def perform(caption: str, seed: int, fps: float = 30.0) -> Performance:
    """A take of a canonical caption, starting over the origin and facing +Z, from the idle into the idle.

    The seed draws side (where the caption names none), size, pace, style and noise; the same seed gives the same take.
    Raises InputError for a caption that is not in CAPTIONS.
    """
    score = _score(caption, seed)
    motion, pace = play(score, _take(caption, seed), fps)
    stroke = None if score.stroke_at is None else score.stroke_at / pace
    return Performance(motion, caption, action_of(caption), stroke)


def planned_seconds(caption: str, seed: int) -> tuple[float, float | None]:
    """Length and stroke of a take without playing it: a lower bound where joints turn out too fast and it is slowed."""
    score = _score(caption, seed)
    length, pace = planned_length(score, _take(caption, seed))
    return length, None if score.stroke_at is None else score.stroke_at / pace


def _score(caption: str, seed: int) -> Score:
    entry = _entry(caption)
    rng = np.random.default_rng([seed, CAPTIONS.index(caption)])
    drawn: Side = "right" if rng.random() < MOSTLY_RIGHT else "left"
    return entry.builder(rng, entry.side or drawn)


def _take(caption: str, seed: int) -> int:
    """The performer's seed: another one for every caption."""
    return seed * len(CAPTIONS) + CAPTIONS.index(caption)


def _entry(caption: str) -> _Entry:
    if caption not in _ENTRIES:
        raise InputError(
            f"caption: got {caption!r}, expected one of the {len(CAPTIONS)} of gestures.catalogue.CAPTIONS"
        )
    return _ENTRIES[caption]

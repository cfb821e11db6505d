"""What the model has not learned from: exchanges of held-out scripts, with held-out motion for their captions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from solami.body.timing import cut
from solami.datasets.motion import MotionClip, load_motion_clips
from solami.datasets.procedural_clips import TAKES, procedural_clips
from solami.datasets.scripts import Script, load_scripts
from solami.datasets.staging import LEAD_FRAMES, Stage, Staged
from solami.evaluation.measures import spread
from solami.frames import MotionChunk


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a user says in a script, and what the character answers."""

    persona: str
    kind: str
    asked: str
    asked_motion: str
    said: str
    said_motion: str


def opening_exchanges(scripts: Sequence[Script], *, held_out: bool) -> list[Exchange]:
    """Of held-out or of train scripts: those in which the user speaks, persona after persona by turns."""
    chosen = [s for s in scripts if (s.split != "train") is held_out and s.turns[0].speech.strip()]
    return _by_turns([exchanges_of(script)[0] for script in chosen])


def every_exchange(scripts: Sequence[Script]) -> list[Exchange]:
    """Of held-out scripts all exchanges in which both speak, persona after persona by turns."""
    found = [exchange for script in scripts if script.split != "train" for exchange in exchanges_of(script)]
    return _by_turns([exchange for exchange in found if exchange.asked.strip() and exchange.said.strip()])


def exchanges_of(script: Script) -> list[Exchange]:
    """All of a script's, in order."""
    return [
        Exchange(script.persona, script.kind, user.speech, user.motion, agent.speech, agent.motion)
        for user, agent in zip(script.turns[::2], script.turns[1::2], strict=False)
    ]


def user_captions(scripts: Sequence[Script]) -> list[str]:
    """Captions of everything that users of held-out scripts do."""
    turns = [turn for script in scripts if script.split != "train" for turn in script.turns]
    return [turn.motion for turn in turns if turn.role == "user" and turn.motion.strip()]


class HeldOut:
    """Scripts, clips and stages, by split."""

    def __init__(self, pack: Path | None, takes: int = TAKES) -> None:
        """Read them; without a pack all motion is procedural."""
        clips = load_motion_clips(pack) if pack is not None else []
        made = procedural_clips(takes)
        self.scripts = load_scripts()
        self.train_clips: list[MotionClip] = [clip for clip in (*clips, *made) if clip.split == "train"]
        self.captured = [clip for clip in clips if clip.split != "train"]
        self.procedural = [clip for clip in made if clip.split != "train"]
        self.train_stage = _stage(clips, made, "train")
        self.stage = _stage(clips, made, "val+test")

    def seen(self, limit: int | None) -> list[tuple[str, MotionChunk]]:
        """What users of held-out scripts do and held-out clips show: the clip's action and the poses."""
        rng = random.Random(0)
        staged = [self.stage.choose(caption, rng, talks=False) for caption in user_captions(self.scripts)]
        shown = [run for run in staged if run.caption]
        return [(self.stage.clips[clip_id(run)].action, performed(self.stage, run)) for run in spread(shown, limit)]


def performed(stage: Stage, run: Staged, seconds: float | None = None) -> MotionChunk:
    """The poses of a staged run without what leads in, as long as its gesture or as told."""
    motion = stage.make(run.key)
    length = round((run.seconds if seconds is None else seconds) * motion.fps)
    return cut(motion, LEAD_FRAMES, LEAD_FRAMES + max(1, length))


def clip_id(run: Staged) -> str:
    """The id of a staged clip."""
    return run.key.split(":")[1]


def _by_turns(exchanges: Sequence[Exchange]) -> list[Exchange]:
    made: dict[str, list[Exchange]] = {}
    for exchange in exchanges:
        made.setdefault(exchange.persona, []).append(exchange)
    longest = max((len(own) for own in made.values()), default=0)
    return [made[name][i] for i in range(longest) for name in sorted(made) if i < len(made[name])]


def _stage(clips: Sequence[MotionClip], made: Sequence[MotionClip], splits: str) -> Stage:
    wanted = splits.split("+")
    return Stage([c for c in clips if c.split in wanted], [c for c in made if c.split in wanted])

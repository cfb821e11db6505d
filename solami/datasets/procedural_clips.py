"""Performances of the canonical captions as captioned clips, played on demand. Needs no data pack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from solami.body.gestures.catalogue import CAPTIONS, action_of, perform, planned_seconds
from solami.datasets.motion import MotionClip
from solami.datasets.sources import Split
from solami.frames import MotionChunk

TAKES = 14  # of each caption, of which twelve train
LICENCE = "Apache-2.0"


# tags of the catalogue -> tags of the pack that mean the same
PACK_TAGS = {
    "point_aside": "point",
    "point_you": "you",
    "point_self": "me",
    "hand_on_chest": "me",
    "walk_back": "walk",
    "walk_circle": "walk",
    "step_back": "step",
    "wave_both": "wave",
    "hop": "jump",
    "spin": "turn",
    "list": "beat",
}


@dataclass(frozen=True, slots=True)
class ProceduralClip(MotionClip):
    """One take of a canonical caption."""

    seed: int = 0

    def read(self) -> MotionChunk:
        """The poses at 30 fps."""
        return perform(self.caption, self.seed).motion


def split_of_seed(seed: int) -> Split:
    """Seeds that end in 8 are val, in 9 test."""
    return "val" if seed % 10 == 8 else "test" if seed % 10 == 9 else "train"


def canonical_action(caption: str) -> str | None:
    """The pack's tag for what a canonical caption shows; None for any other caption."""
    if caption not in CAPTIONS:
        return None
    return PACK_TAGS.get(action_of(caption), action_of(caption))


def procedural_clips(takes: int = TAKES) -> list[ProceduralClip]:
    """So many takes of every canonical caption, ids like `procedural/waves_with_the_right_hand-0007`."""
    return [_clip(caption, seed) for caption in CAPTIONS for seed in range(takes)]


def _clip(caption: str, seed: int) -> ProceduralClip:
    seconds, stroke_s = planned_seconds(caption, seed)
    name = f"procedural/{caption.replace(' ', '_')}-{seed:04d}"
    return ProceduralClip(
        name, Path(name), caption, action_of(caption), seconds, stroke_s, True, None, split_of_seed(seed), LICENCE, seed
    )

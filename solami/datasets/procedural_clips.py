"""Performances of the canonical captions as captioned clips, played on demand. Needs no data pack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from solami.body.gestures.catalogue import CAPTIONS, action_of, perform, planned_seconds
from solami.datasets.motion import MotionClip
from solami.datasets.sources import Split
from solami.frames import MotionChunk

TAKES = 10  # of each caption, of which eight train
LICENCE = "Apache-2.0"


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


def procedural_clips(takes: int = TAKES) -> list[ProceduralClip]:
    """So many takes of every canonical caption, ids like `procedural/waves_with_the_right_hand-0007`."""
    return [_clip(caption, seed) for caption in CAPTIONS for seed in range(takes)]


def _clip(caption: str, seed: int) -> ProceduralClip:
    seconds, stroke_s = planned_seconds(caption, seed)
    name = f"procedural/{caption.replace(' ', '_')}-{seed:04d}"
    return ProceduralClip(
        name, Path(name), caption, action_of(caption), seconds, stroke_s, True, True, split_of_seed(seed), LICENCE, seed
    )

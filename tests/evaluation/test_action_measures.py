from dataclasses import dataclass

from solami.body.gestures.catalogue import action_of, perform
from solami.evaluation.action_measures import action_measures
from solami.frames import MotionChunk


@dataclass(frozen=True)
class Clip:
    caption: str
    seed: int

    @property
    def id(self) -> str:
        return f"{self.caption}_{self.seed}_p01"

    @property
    def split(self) -> str:
        return "test" if self.seed == 4 else "train"

    @property
    def action(self) -> str:
        return action_of(self.caption)

    def read(self) -> MotionChunk:
        return perform(self.caption, self.seed).motion


def test_accuracies_stand_beside_chance() -> None:
    """Three easy actions are told apart in every setting, and chance is the commonest one's share."""
    captions = ("waves with the right hand", "bows", "walks forward")
    captured = [Clip(caption, seed + 10) for caption in captions for seed in range(5)]
    procedural = [Clip(caption, seed) for caption in captions for seed in (0, 4)]
    measures = action_measures(captured, procedural)
    assert [m.source for m in measures] == ["procedural", "procedural", "captured"]
    assert [m.n for m in measures] == [6, 3, 15]
    assert all(m.value == 1.0 and abs((m.baseline or 0) - 1 / 3) < 1e-9 for m in measures)

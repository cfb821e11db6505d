"""Everything that is loaded once and shared by all sessions. Built by `build`, used by every `conversation`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from solami.llm.engine import Engine
from solami.llm.turn_ends import TurnEnds
from solami.llm.vocabulary import Vocabulary
from solami.outside.ports import Brain, Ear
from solami.tokenizers.base import MotionTokenizer, MouthDecoder, SpeechTokenizer
from solami.tokenizers.idle import IdleModel
from solami.tokenizers.placement import PlacementTokenizer
from solami.tokenizers.three_points import ThreePointModel


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """The models of one checkpoint, held to each other."""

    speech: SpeechTokenizer
    motion: MotionTokenizer
    placement: PlacementTokenizer
    vocabulary: Vocabulary
    engine: Engine
    mouth: Callable[[], MouthDecoder] | None = None  # a fresh reading of mouth shapes, where the codes tell them
    idle: IdleModel | None = None  # none: the character stands still between replies
    three_points: ThreePointModel | None = None  # none: users send whole bodies
    turn_ends: TurnEnds | None = None  # none: only a long pause tells that the user has finished
    brain: Brain | None = None  # none: the words are the model's own
    ear: Ear | None = None  # none: it hears by itself

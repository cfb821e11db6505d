"""A whole model as what is measured, and how much of it. Measures nothing."""

from __future__ import annotations

from dataclasses import dataclass

from solami.evaluation.replies import Reply, Turn, answer
from solami.pipeline.models import Models
from solami.stream_server.backend import Backend
from solami.strict import Strict
from solami.tokenizers.base import Voice


class Sizes(Strict):
    """How much of everything is measured."""

    exchanges: int = 100  # of held-out scripts that are answered
    draws: int = 3  # replies to each of them and plays of each talk; one alone says much by chance
    talks: int = 102  # held-out scripts that are played to the end, for what the character does
    scored: int = 350  # exchanges of which the words are scored under every persona's prompt
    heard: int = 60  # recordings of people, and as many synthesised lines in either kind of voice
    seen: int = 60  # motions of users, from scripts and from captures each
    requests: int = 3  # for each of the ten commonest captions
    judge_clips: int = 700  # of train clips that the action classifier learns from
    space_clips: int = 250  # of train clips that fix the space of the motion distances
    takes: int = 10  # of every procedural caption, of which eight train

    def scaled(self, share: float) -> Sizes:
        """The same share of everything, at least two of each; as many takes and draws."""
        counts = {name: max(2, round(share * count)) for name, count in self.model_dump().items()}
        whole = {"requests": max(1, round(share * self.requests)), "takes": self.takes, "draws": self.draws}
        return Sizes(**{**counts, **whole})


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is measured."""

    backend: Backend  # without an ear: the model hears by itself
    server: Backend  # as it is configured
    models: Models
    prompts: dict[str, str]  # text of every persona, by name
    voices: dict[str, Voice]
    seed: int

    def __post_init__(self) -> None:
        assert self.prompts.keys() == self.voices.keys()

    @property
    def personas(self) -> list[str]:
        """Names, in order."""
        return sorted(self.prompts)

    def answer(self, turn: Turn, draw: int = 0) -> Reply:
        """Its reply to one turn, in a conversation of its own; every draw is another."""
        return answer(self.backend, turn, self.seed + draw)

"""What the server asks of models that are loaded: the characters they can play, conversations, shared steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from solami.errors import ConfigError
from solami.llm.drawing import Wanted, draw
from solami.llm.turns import BEAT_SECONDS
from solami.outside.ports import Bell
from solami.personas import Persona, PersonaCard
from solami.pipeline.conversation import Conversation
from solami.pipeline.models import Models
from solami.tokenizers.base import Voice
from solami.tokenizers.motion import VQMotionTokenizer

Cast = Mapping[str, tuple[Persona, Voice]]


class PipelineBackend:
    """Models shared by all sessions, and the characters they can play."""

    def __init__(self, model: str, models: Models, cast: Cast, bell: Bell | None = None) -> None:
        """`bell` rings when a brain or an ear outside has news."""
        self.model, self.models, self.cast, self._bell = model, models, cast, bell or Bell()
        self.sample_rate, self.fps = models.speech.sample_rate, models.motion.fps

    def personas(self) -> list[PersonaCard]:
        """Every character, by name."""
        return [PersonaCard(name, persona.title) for name, (persona, _) in sorted(self.cast.items())]

    def open(self, persona: str, seed: int) -> Conversation:
        """A conversation with this persona. Raises ConfigError for an unknown one, CapacityError when full."""
        if persona not in self.cast:
            raise ConfigError(f"no persona {persona[:64]!r}; expected one of: {', '.join(sorted(self.cast))}")
        character, voice = self.cast[persona]
        return Conversation(self.models, character, voice, seed=seed)

    def warm_up(self, persona: str) -> None:
        """Have one short turn, so that the first user does not wait for lazy set-up (120 ms with the default model)."""
        conversation = self.open(persona, 0)
        try:
            conversation.begin_turn(speech=True, body=True)
            conversation.push_audio(np.zeros(round(self.sample_rate * BEAT_SECONDS), np.float32))
            conversation.end_turn()
            list(conversation.reply(seed=0, max_seconds=BEAT_SECONDS))
        finally:
            conversation.close()

    def call_on_news(self, wake: Callable[[], None]) -> None:
        """Call this, from any thread, when words have come that a reply waits for."""
        self._bell.listener = wake

    def motion_books(self) -> tuple[int, int, float] | None:
        """Body and hand codebooks and code frames a second; None where no decoder can be handed out."""
        motion = self.models.motion
        if not isinstance(motion, VQMotionTokenizer):
            return None
        return motion.body_spec.num_codebooks, motion.hands_spec.num_codebooks, motion.body_spec.frame_rate

    def motion_decoder(self) -> bytes:
        """The motion decoder as an ONNX file. Raises ConfigError without the export extra."""
        from solami.tokenizers.motion_onnx import export_decoder

        assert isinstance(self.models.motion, VQMotionTokenizer)
        return export_decoder(self.models.motion)

    def draw(self, wanted: Sequence[Wanted]) -> list[int]:
        """An id for each reply that wants one, in one step of the engine."""
        return draw(wanted)

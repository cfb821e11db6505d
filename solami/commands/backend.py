"""The loaded model as the server wants it: opens a conversation for a persona's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from solami.errors import ConfigError
from solami.stream_server.backend import Conversation, PersonaCard

if TYPE_CHECKING:
    from solami.personas import Persona
    from solami.pipeline import Models
    from solami.tokenizers.base import Voice


class PipelineBackend:
    """Models shared by all sessions, and the characters they can play."""

    def __init__(self, model: str, models: Models, personas: Mapping[str, tuple[Persona, Voice]]) -> None:
        self.model, self._models, self._personas = model, models, personas
        self.sample_rate, self.fps = models.speech.sample_rate, models.motion.fps

    def personas(self) -> list[PersonaCard]:
        """Every character, by name."""
        return [PersonaCard(name, persona.title) for name, (persona, _) in sorted(self._personas.items())]

    def open(self, persona: str, seed: int) -> Conversation:
        """A conversation with this persona. Raises ConfigError for an unknown one, CapacityError when full."""
        from solami.pipeline import Conversation as PipelineConversation

        if persona not in self._personas:
            raise ConfigError(f"no persona {persona[:64]!r}; expected one of: {', '.join(sorted(self._personas))}")
        character, voice = self._personas[persona]
        return PipelineConversation(self._models, character, voice, seed=seed)

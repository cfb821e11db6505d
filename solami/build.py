"""Configuration -> objects: the one place that knows which class stands behind every `kind`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import assert_never

import numpy as np
import torch
from tokenizers import Tokenizer

from solami.config import (
    VOICES_FILE,
    ClickFlipEngineConfig,
    CodecTokenizersConfig,
    DummyTokenizersConfig,
    LocalEngineConfig,
    NeuralTokenizersConfig,
    RandomEngineConfig,
    ScriptedEngineConfig,
    ServeConfig,
    TokenizersConfig,
    TransformersEngineConfig,
    checkpoint_folder,
    persona_files,
)
from solami.errors import ConfigError
from solami.llm.context import Wanted, draw
from solami.llm.engine import Engine
from solami.llm.local_engine import LocalEngine
from solami.llm.random_weights import random_weights
from solami.llm.rotary import Rope
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.shape import DecoderShape
from solami.llm.transformers_engine import TransformersEngine
from solami.llm.turn_ends import FILE as TURN_ENDS
from solami.llm.turn_ends import TurnEnds
from solami.llm.vocabulary import TOKENIZER_FILE, Vocabulary
from solami.models import Models
from solami.outside.ports import Bell, Brain, Ear
from solami.personas import Persona, load_persona
from solami.pipeline import Conversation
from solami.stream_server.backend import PersonaCard
from solami.stream_server.click_flip import click_flip_backend
from solami.stream_server.scripted import ScriptedBackend
from solami.tokenizers.base import MotionTokenizer, SpeechTokenizer, Voice
from solami.tokenizers.codec_adapters import CodecTokenizer
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.idle import WEIGHTS as IDLE_WEIGHTS
from solami.tokenizers.idle import IdleModel
from solami.tokenizers.motion import VQMotionTokenizer
from solami.tokenizers.placement import PlacementTokenizer
from solami.tokenizers.speech import NeuralSpeechTokenizer
from solami.tokenizers.three_points import WEIGHTS as THREE_POINTS_WEIGHTS
from solami.tokenizers.three_points import ThreePointModel
from solami.tokenizers.visemes import mouth_of
from solami.tokenizers.voices import embed_reference, load_voices

logger = logging.getLogger(__name__)
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


def build_backend(config: ServeConfig) -> PipelineBackend | ScriptedBackend:
    """Everything that a server needs, loaded. Raises ConfigError when the checkpoint or a persona does not fit."""
    if isinstance(config.engine, ClickFlipEngineConfig):
        return click_flip_backend(config.engine.seconds, config.engine.every_s)
    bell = Bell()
    models = replace(build_models(config), brain=build_brain(config, bell), ear=build_ear(config, bell))
    name = "scripted" if config.engine.kind == "scripted" else f"solami-{Path(config.checkpoint).name}"
    return PipelineBackend(name, models, build_cast(config, models.speech), bell)


def build_brain(config: ServeConfig, bell: Bell) -> Brain | None:
    """The text brain outside, where one is configured."""
    if config.brain is None:
        return None
    try:
        from solami.outside.chat import ChatBrain
    except ImportError as error:
        raise ConfigError(f"brain: {error.name} is not installed; pip install 'solami[brain]'") from error
    return ChatBrain(config.brain, bell)


def build_ear(config: ServeConfig, bell: Bell) -> Ear | None:
    """The ear outside, where one is configured."""
    if config.ear is None:
        return None
    try:
        from solami.outside.ears import endpoint_ear, whisper_ear
    except ImportError as error:
        raise ConfigError(f"ear: {error.name} is not installed; pip install 'solami[brain]'") from error
    return whisper_ear(config.ear, bell) if config.ear.kind == "whisper" else endpoint_ear(config.ear, bell)


def build_models(config: ServeConfig) -> Models:
    """The tokenizers, the vocabulary and the engine of a checkpoint, held to each other."""
    folder = checkpoint_folder(config.checkpoint)
    speech, motion = build_tokenizers(config.tokenizers, folder)
    placement = PlacementTokenizer()
    specs = [speech.spec, motion.body_spec, motion.hands_spec, placement.spec]
    if isinstance(config.engine, ScriptedEngineConfig):
        vocabulary = Vocabulary(Tokenizer.from_file(str(_text_tokenizer(folder))), specs)
    else:
        vocabulary = Vocabulary.load(folder / "llm")
        vocabulary.check_specs(specs)
    return Models(
        speech,
        motion,
        placement,
        vocabulary,
        build_engine(config, folder, vocabulary),
        mouth_of(speech),
        _idle(folder, motion),
        _three_points(folder),
        None if isinstance(config.engine, RandomEngineConfig) else _turn_ends(folder),
    )


def _idle(folder: Path, motion: MotionTokenizer) -> IdleModel | None:
    """The idle model of a checkpoint that has one; one of other codes is left out, and the log says so."""
    if not isinstance(motion, VQMotionTokenizer) or not (folder / IDLE_WEIGHTS).is_file():
        return None
    try:
        return IdleModel.load(folder, motion)
    except ConfigError as error:
        logger.warning("no idle motion: %s", error)
        return None


def _turn_ends(folder: Path) -> TurnEnds | None:
    """The unit of a checkpoint that has one; one of another LLM is left out, and the log says so."""
    if not (folder / TURN_ENDS).is_file():
        return None
    try:
        return TurnEnds.load(folder)
    except ConfigError as error:
        logger.warning("semantic_vad waits for the long pause: %s", error)
        return None


def _three_points(folder: Path) -> ThreePointModel | None:
    """The three-point model of a checkpoint that has one."""
    return ThreePointModel.load(folder) if (folder / THREE_POINTS_WEIGHTS).is_file() else None


def build_tokenizers(config: TokenizersConfig, folder: Path) -> tuple[SpeechTokenizer, MotionTokenizer]:
    """The speech and the motion tokenizer."""
    match config:
        case NeuralTokenizersConfig():
            return NeuralSpeechTokenizer.load(folder), VQMotionTokenizer.load(folder)
        case CodecTokenizersConfig():
            return CodecTokenizer.load(config.speech, config.num_codebooks), VQMotionTokenizer.load(folder)
        case DummyTokenizersConfig():
            return DummySpeechTokenizer(), DummyMotionTokenizer()
        case _ as unknown:
            assert_never(unknown)


def build_engine(config: ServeConfig, folder: Path, vocabulary: Vocabulary) -> Engine:
    """The engine, with a slot for every session the server admits."""
    engine, slots = config.engine, config.server.max_sessions
    match engine:
        case ScriptedEngineConfig():
            return ScriptedEngine(vocabulary, slots=slots)
        case ClickFlipEngineConfig():
            raise ConfigError("engine.kind click_flip plays without models; serve it, or choose another kind")
        case RandomEngineConfig():
            return _random_engine(engine, slots, vocabulary)
        case LocalEngineConfig() | TransformersEngineConfig():
            torch.set_num_threads(engine.threads)
            kind = LocalEngine if isinstance(engine, LocalEngineConfig) else TransformersEngine
            return kind.load(
                folder / "llm",
                slots=slots,
                context_tokens=engine.context_tokens or _positions(folder / "llm"),
                device=engine.device,
                dtype=getattr(torch, engine.dtype),
            )
        case _ as unknown:
            assert_never(unknown)


def _random_engine(config: RandomEngineConfig, slots: int, vocabulary: Vocabulary) -> LocalEngine:
    if config.heads % config.kv_heads:
        raise ConfigError(f"engine.kv_heads: got {config.kv_heads}, expected a divisor of {config.heads} heads")
    torch.set_num_threads(config.threads)
    shape = DecoderShape(
        vocab_size=vocabulary.size,
        hidden=config.hidden,
        intermediate=config.intermediate,
        layers=config.layers,
        heads=config.heads,
        kv_heads=config.kv_heads,
        head_dim=config.head_dim,
        eps=1e-5,
        rope=Rope(1e4),
        max_positions=config.context_tokens,
        tied=False,
    )
    weights = random_weights(shape, device=config.device, dtype=getattr(torch, config.dtype))
    return LocalEngine(weights, slots=slots, context_tokens=config.context_tokens)


def build_cast(config: ServeConfig, speech: SpeechTokenizer) -> dict[str, tuple[Persona, Voice]]:
    """Every persona with its voice; a folder named in the config comes before the packaged ones."""
    personas = {persona.name: persona for file in reversed(persona_files(config)) for persona in [load_persona(file)]}
    if isinstance(config.tokenizers, DummyTokenizersConfig):
        return {name: (persona, Voice(persona.voice or name, _any_voice())) for name, persona in personas.items()}
    path = checkpoint_folder(config.checkpoint) / VOICES_FILE
    voices = load_voices(path)
    return {name: (persona, _voice_of(persona, voices, speech, path)) for name, persona in personas.items()}


def _voice_of(persona: Persona, voices: Mapping[str, Voice], speech: SpeechTokenizer, path: Path) -> Voice:
    if persona.voice_reference is not None:
        return embed_reference(speech, persona.name, persona.voice_reference, persona.voice_licence or "")
    if persona.voice is None or persona.voice not in voices:
        raise ConfigError(
            f"persona {persona.name}: no voice {persona.voice!r} in {path}; expected one of {sorted(voices)}"
        )
    return voices[persona.voice]


def _text_tokenizer(folder: Path) -> Path:
    """The text tokenizer; it needs no weights and ships with the package."""
    path = folder / "llm" / TOKENIZER_FILE
    if not path.is_file():
        raise ConfigError(f"checkpoint {folder}: llm/{TOKENIZER_FILE} is missing; see `solami train text-tokenizer`")
    return path


def _positions(folder: Path) -> int:
    """How many positions the model was built for."""
    path = folder / "config.json"
    if not path.is_file():
        raise ConfigError(f"{path} is missing; give a checkpoint whose llm/ was written by save_pretrained")
    return int(json.loads(path.read_text(encoding="utf-8"))["max_position_embeddings"])


def _any_voice() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """An embedding for tokenizers that ignore it."""
    return np.eye(8, dtype=np.float32)[0]

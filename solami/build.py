"""Configuration -> what a server needs, loaded: models held to each other, a brain and an ear outside, characters.

Which class stands behind every `kind` is known to the factories of `tokenizers`, `llm` and `outside`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from solami.config import VOICES_FILE, ServeConfig, checkpoint_folder, persona_files
from solami.errors import ConfigError
from solami.llm.config import ClickFlipEngineConfig, RandomEngineConfig, ScriptedEngineConfig
from solami.llm.factory import build_engine
from solami.llm.turn_ends import FILE as TURN_ENDS
from solami.llm.turn_ends import TurnEnds
from solami.llm.vocabulary import TOKENIZER_FILE, Vocabulary
from solami.outside.factory import build_brain, build_ear
from solami.outside.ports import Bell
from solami.personas import Persona, load_persona
from solami.pipeline.backend import PipelineBackend
from solami.pipeline.models import Models
from solami.stream_server.click_flip import click_flip_backend
from solami.stream_server.scripted import ScriptedBackend
from solami.tokenizers.base import MotionTokenizer, SpeechTokenizer, Voice
from solami.tokenizers.config import DummyTokenizersConfig
from solami.tokenizers.factory import build_tokenizers
from solami.tokenizers.idle import WEIGHTS as IDLE_WEIGHTS
from solami.tokenizers.idle import IdleModel
from solami.tokenizers.motion import VQMotionTokenizer
from solami.tokenizers.placement import PlacementTokenizer
from solami.tokenizers.three_points import WEIGHTS as THREE_POINTS_WEIGHTS
from solami.tokenizers.three_points import ThreePointModel
from solami.tokenizers.visemes import mouth_of
from solami.tokenizers.voices import embed_reference, load_voices

logger = logging.getLogger(__name__)
Cast = Mapping[str, tuple[Persona, Voice]]


def build_backend(config: ServeConfig) -> PipelineBackend | ScriptedBackend:
    """Everything that a server needs, loaded. Raises ConfigError when the checkpoint or a persona does not fit."""
    if isinstance(config.engine, ClickFlipEngineConfig):
        return click_flip_backend(config.engine.seconds, config.engine.every_s)
    bell = Bell()
    models = replace(build_models(config), brain=build_brain(config.brain, bell), ear=build_ear(config.ear, bell))
    name = "scripted" if config.engine.kind == "scripted" else f"solami-{Path(config.checkpoint).name}"
    return PipelineBackend(name, models, build_cast(config, models.speech), bell)


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
        build_engine(config.engine, folder, vocabulary, slots=config.server.max_sessions),
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


def _any_voice() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """An embedding for tokenizers that ignore it."""
    return np.eye(8, dtype=np.float32)[0]

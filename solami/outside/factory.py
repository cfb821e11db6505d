"""Configuration -> the brain and the ear of a server. What needs a package is imported where it is chosen."""

from __future__ import annotations

import logging

from solami.errors import ConfigError
from solami.outside.config import BrainConfig, EarConfig, EndpointEarConfig, MoonshineEarConfig, WhisperEarConfig
from solami.outside.ports import Bell, Brain, Ear

logger = logging.getLogger(__name__)


def build_brain(config: BrainConfig | None, bell: Bell) -> Brain | None:
    """The text brain, where one is configured. Raises ConfigError without its package."""
    if config is None:
        return None
    try:
        from solami.outside.chat import ChatBrain
    except ImportError as error:
        raise ConfigError(f"brain: {error.name} is not installed; pip install 'solami[brain]'") from error
    return ChatBrain(config, bell)


def build_ear(config: EarConfig | None, bell: Bell) -> Ear | None:
    """The ear, where one is configured. Raises ConfigError without its package or its model."""
    match config:
        case None:
            return None
        case MoonshineEarConfig():
            return _moonshine(config, bell)
        case WhisperEarConfig():
            from solami.outside.whisper_ear import whisper_ear

            return whisper_ear(config, bell)
        case EndpointEarConfig():
            return _endpoint(config, bell)


def _endpoint(config: EndpointEarConfig, bell: Bell) -> Ear:
    try:
        from solami.outside.endpoint_ear import endpoint_ear
    except ImportError as error:
        raise ConfigError(f"ear: {error.name} is not installed; pip install 'solami[brain]'") from error
    return endpoint_ear(config, bell)


def _moonshine(config: MoonshineEarConfig, bell: Bell) -> Ear | None:
    """The ear of the default configuration; where its package is not installed, it is left out, and the log says so."""
    from solami.outside.moonshine_ear import moonshine_ear

    try:
        return moonshine_ear(config, bell)
    except ModuleNotFoundError as error:
        logger.warning("the model hears by itself: %s is not installed; pip install 'solami[ear]'", error.name)
        return None

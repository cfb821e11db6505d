"""Engines by configuration; those with weights are built in test_build."""

import pytest

from solami.build import build_models
from solami.config import checkpoint_folder, load_serve_config
from solami.errors import CapacityError, ConfigError
from solami.llm.config import ClickFlipEngineConfig
from solami.llm.factory import build_engine
from solami.llm.scripted_engine import ScriptedEngine


def test_the_scripted_engine_has_a_slot_a_session() -> None:
    """As many sessions open as there are slots, and no more."""
    config = load_serve_config("debug")
    engine = build_engine(config.engine, checkpoint_folder("default"), build_models(config).vocabulary, slots=2)
    assert isinstance(engine, ScriptedEngine)
    engine.open(0)
    engine.open(0)
    with pytest.raises(CapacityError):
        engine.open(0)


def test_clicks_need_no_engine() -> None:
    """The kind that plays clicks is served without models, and says so where an engine is asked for."""
    vocabulary = build_models(load_serve_config("debug")).vocabulary
    with pytest.raises(ConfigError, match="choose another kind"):
        build_engine(ClickFlipEngineConfig(), checkpoint_folder("default"), vocabulary, slots=1)

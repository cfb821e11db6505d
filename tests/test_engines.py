"""Engines by configuration; those with weights are built in test_build."""

import pytest

from solami.build import build_models
from solami.config import checkpoint_folder, load_serve_config
from solami.engines import build_engine
from solami.errors import CapacityError, ConfigError
from solami.llm.scripted_engine import ScriptedEngine


def test_the_scripted_engine_has_a_slot_a_session() -> None:
    """As many slots as the server admits sessions, and no more."""
    config = load_serve_config("debug", ["server.max_sessions=2"])
    engine = build_engine(config, checkpoint_folder("default"), build_models(config).vocabulary)
    assert isinstance(engine, ScriptedEngine)
    engine.open(0)
    engine.open(0)
    with pytest.raises(CapacityError):
        engine.open(0)


def test_clicks_need_no_engine() -> None:
    """The kind that plays clicks is served without models, and says so where an engine is asked for."""
    vocabulary = build_models(load_serve_config("debug")).vocabulary
    with pytest.raises(ConfigError, match="choose another kind"):
        build_engine(load_serve_config("click-flip"), checkpoint_folder("default"), vocabulary)

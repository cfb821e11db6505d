import pytest

from solami.config import load_serve_config
from solami.errors import ConfigError


def test_brain_and_ear_come_by_config() -> None:
    """Both are off by default; an ear is of one of two kinds; unknown keys are errors."""
    assert load_serve_config("debug").brain is None and load_serve_config("debug").ear is None
    brain = ["brain.base_url=http://127.0.0.1:1/v1", "brain.model=m"]
    ear = ["ear.kind=whisper", "ear.folder=whisper"]
    config = load_serve_config("debug", [*brain, *ear])
    assert config.brain is not None and config.brain.timeout_s == 2.0
    assert config.ear is not None and config.ear.kind == "whisper"
    with pytest.raises(ConfigError, match="modle"):
        load_serve_config("debug", [*brain, "brain.modle=x"])
    with pytest.raises(ConfigError, match="ear"):
        load_serve_config("debug", ["ear.kind=trumpet"])

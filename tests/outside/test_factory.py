"""Which brain and which ear a configuration asks for."""

import builtins
import logging
import sys
from typing import Any

import pytest
from pydantic import TypeAdapter

from solami.errors import ConfigError
from solami.outside.chat import ChatBrain
from solami.outside.config import BrainConfig, EarConfig
from solami.outside.factory import build_brain, build_ear
from solami.outside.ports import Bell

ENDPOINT = {"base_url": "http://127.0.0.1:9/v1", "model": "large"}
EARS: TypeAdapter[EarConfig] = TypeAdapter(EarConfig)


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a package one that is not installed."""
    whole = builtins.__import__

    def hide(package: str) -> None:
        def missing(name: str, *others: Any, **named: Any) -> Any:
            if name.partition(".")[0] == package:
                raise ModuleNotFoundError(f"No module named {package!r}", name=package)
            return whole(name, *others, **named)

        for name in [each for each in sys.modules if each.startswith(("solami.outside.chat", "solami.outside.endp"))]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setattr(builtins, "__import__", missing)

    return hide


def test_nothing_is_built_that_nobody_asked_for() -> None:
    """Without a configuration there is neither."""
    assert build_brain(None, Bell()) is None and build_ear(None, Bell()) is None


def test_kinds_are_told_apart(closed_openai: None) -> None:
    """A brain is a chat endpoint's; an endpoint's ear keeps its time-out."""
    assert isinstance(build_brain(BrainConfig.model_validate(ENDPOINT), Bell()), ChatBrain)
    assert build_ear(EARS.validate_python({"kind": "endpoint", "timeout_s": 3.0} | ENDPOINT), Bell()) is not None


def test_a_missing_package_is_named(without: Any) -> None:
    """What was asked for and cannot be had is an error that says what to install."""
    without("openai")
    with pytest.raises(ConfigError, match=r"solami\[brain\]"):
        build_brain(BrainConfig.model_validate(ENDPOINT), Bell())
    with pytest.raises(ConfigError, match=r"solami\[brain\]"):
        build_ear(EARS.validate_python({"kind": "endpoint"} | ENDPOINT), Bell())


def test_the_default_ear_may_be_missing(without: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Without its package the model hears by itself, and the log says how to mend that."""
    without("moonshine_voice")
    with caplog.at_level(logging.WARNING):
        assert build_ear(EARS.validate_python({"kind": "moonshine"}), Bell()) is None
    assert "solami[ear]" in caplog.text

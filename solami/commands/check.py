"""`solami check`: read a configuration as its command would, and show what holds."""

from __future__ import annotations

from typing import Any

from solami.config import load_serve_config


def check_serve(name: str, overrides: list[str]) -> dict[str, Any]:
    """The resolved server configuration; secrets stay hidden. Raises ConfigError when it does not hold."""
    return load_serve_config(name, overrides).model_dump(mode="json")

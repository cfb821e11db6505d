"""A character as data: who it is, how it sounds and looks, how its replies are drawn. Loads no model and no voice."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from solami.errors import ConfigError
from solami.strict import Strict


class DrawConfig(Strict):
    """How ids of one kind are drawn."""

    temperature: float = Field(0.7, ge=0, le=2, description="0 takes the best id")
    top_p: float = Field(0.9, gt=0, le=1, description="probability mass of the nucleus that ids are drawn from")


class SamplingConfig(Strict):
    """How replies are drawn."""

    text: DrawConfig = DrawConfig(temperature=0.6, top_p=0.9)
    speech: DrawConfig = DrawConfig(temperature=0.2, top_p=0.9)
    motion: DrawConfig = DrawConfig(temperature=0.8, top_p=0.95)


class Persona(Strict):
    """One `configs/personas/*.yaml`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$", description="how clients ask for it")
    title: str = Field(min_length=1, max_length=80, description="a few words for lists")
    text: str = Field(
        min_length=1, max_length=2000, description="stands before every conversation, said to the character"
    )
    voice: str = Field(min_length=1, description="a voice's name in the checkpoint")
    avatar: str = Field("mannequin", min_length=1, description="a VRM or GLB file, or the packaged mannequin")
    greeting: str | None = Field(None, max_length=200, description="a first line that a client may show")
    sampling: SamplingConfig = SamplingConfig()


def load_persona(path: Path) -> Persona:
    """Read a persona's YAML. Raises ConfigError that names the file and the key."""
    path = Path(path)
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Persona.model_validate(values)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"persona {path}: cannot be read as YAML ({error})") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"persona {path}: {faults}") from error

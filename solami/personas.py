"""A character as data: who it is, how it sounds and looks, how its replies are drawn. Loads no model and no voice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import Field, ValidationError, model_validator

from solami.errors import ConfigError
from solami.strict import Strict


class DrawConfig(Strict):
    """How ids of one kind are drawn."""

    temperature: float = Field(0.7, ge=0, le=2, description="0 takes the best id")
    top_p: float = Field(0.9, gt=0, le=1, description="probability mass of the nucleus that ids are drawn from")


class SamplingConfig(Strict):
    """How replies are drawn."""

    text: DrawConfig = DrawConfig(temperature=0.6, top_p=0.9)
    does: DrawConfig = DrawConfig(temperature=0.6, top_p=0.9)
    speech: DrawConfig = DrawConfig(temperature=0.2, top_p=0.9)
    motion: DrawConfig = DrawConfig(temperature=0.8, top_p=0.95)


class Persona(Strict):
    """One `configs/personas/*.yaml`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$", description="how clients ask for it")
    title: str = Field(min_length=1, max_length=80, description="a few words for lists")
    text: str = Field(
        min_length=1, max_length=2000, description="stands before every conversation, said to the character"
    )
    voice: str | None = Field(None, min_length=1, description="a voice's name in the checkpoint")
    voice_reference: Path | None = Field(None, description="instead: a recording of the voice, beside this file")
    voice_licence: str | None = Field(None, min_length=1, description="who allows what with that recording")
    avatar: str = Field("mannequin", min_length=1, description="a VRM or GLB file, or the packaged mannequin")
    adapter: Path | None = Field(None, description="a LoRA that `solami train persona` made, beside this file")
    greeting: str | None = Field(None, max_length=200, description="a first line that a client may show")
    sampling: SamplingConfig = SamplingConfig()

    @model_validator(mode="after")
    def _has_one_voice(self) -> Persona:
        if (self.voice is None) == (self.voice_reference is None):
            raise ValueError("give either `voice`, a name, or `voice_reference`, a recording")
        if self.voice_reference is not None and self.voice_licence is None:
            raise ValueError("`voice_licence` must say under what licence the recording of `voice_reference` is used")
        return self


@dataclass(frozen=True, slots=True)
class PersonaCard:
    """What clients may know of a persona."""

    name: str
    title: str


def load_persona(path: Path) -> Persona:
    """Read a persona's YAML; a voice reference lies beside it. Raises ConfigError that names file and key."""
    path = Path(path)
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        persona = Persona.model_validate(values)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"persona {path}: cannot be read as YAML ({error})") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"persona {path}: {faults}") from error
    named = {"voice_reference": persona.voice_reference, "adapter": persona.adapter}
    return persona.model_copy(
        update={key: (path.parent / value).resolve() for key, value in named.items() if value is not None}
    )

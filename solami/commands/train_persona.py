"""`solami train persona`: a character's scripts become speech, codes and rows, and a LoRA is tuned on them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from solami.commands.data import DataConfig, RowsPart
from solami.errors import ConfigError, InputError
from solami.strict import Strict


class PersonaRunConfig(Strict):
    """`configs/train/persona.yaml`."""

    data: Path = Field(description="the data config, for tokenizers, stored lines and codes")
    out: Path = Field(Path("runs/persona"), description="OUT/NAME gets the adapter")
    rows: RowsPart
    training: dict[str, Any] = Field(description="see `training.lm_config.LmTrainingConfig`; `start` is what is tuned")


def train_persona(file: Path, config: PersonaRunConfig, *, resume: bool = False) -> dict[str, Any]:
    """Make what is missing and train; returns losses and the adapter's folder. Raises InputError without scripts."""
    from solami.commands.data import build_data, load_vocabulary
    from solami.commands.train import reply_files
    from solami.personas import load_persona
    from solami.training.instruct import train_instruct
    from solami.training.lm_config import LmTrainingConfig

    persona = load_persona(file)
    data = persona_data(file, persona.name, config)
    out = config.out / persona.name
    try:
        settings = LmTrainingConfig.model_validate({**config.training, "rows": [data.rows[0].out], "out": out})
    except ValidationError as error:
        raise ConfigError(f"training: {error}") from error
    if not resume:
        shutil.rmtree(data.rows[0].out, ignore_errors=True)  # of scripts as they may have been
    build_data(data)
    render = reply_files(data).write if settings.samples else None
    report = train_instruct(settings, load_vocabulary(data), resume=resume, render=render)
    return {"persona": persona.name, "adapter": str(out), **report}


def persona_data(file: Path, name: str, config: PersonaRunConfig) -> DataConfig:
    """The data config of one character: its own scripts beside its file, and the shipped ones in its name."""
    from solami.commands.data import read_data_config
    from solami.datasets.scripts import gather_scripts

    folder = file.parent / name / "scripts"
    more = (folder,) if any(folder.glob("*.jsonl")) else ()
    if not any(script.persona == name for script in gather_scripts(more)):
        raise InputError(f"persona {name}: no scripts in its name; write some to {folder / (name + '.jsonl')}")
    data = read_data_config(config.data)
    rows = config.rows.model_copy(update={"out": config.out / name / "rows", "only": name})
    changes = {"rows": (rows,), "scripts": (*data.scripts, *more), "personas": file.parent}
    return data.model_copy(update=changes)

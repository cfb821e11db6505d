"""`solami train turn-ends`: the unit that tells whether the user has finished."""

from __future__ import annotations

from typing import Annotated

import typer


def train_turn_ends(
    config: Annotated[str, typer.Option(help="A file, or a name in configs/train/.")] = "turn_ends",
    overrides: Annotated[list[str] | None, typer.Option("--set", help="Override a key, as in lines=500.")] = None,
) -> None:
    """Fit it on the LLM of a checkpoint and write it beside it; run it again whenever the LLM is replaced."""
    import json

    import torch

    from solami.build import build_backend
    from solami.config import checkpoint_folder, find_config, load_config, load_serve_config
    from solami.datasets.speech import load_human_lines
    from solami.llm.turn_ends import llm_sha256
    from solami.pipeline.backend import PipelineBackend
    from solami.training import turn_ends

    torch.set_num_threads(1)
    settings = load_config(turn_ends.TurnEndsConfig, find_config("train", config), overrides or ())
    train, test = turn_ends.choose_lines(load_human_lines(settings.data), settings)
    backend = build_backend(load_serve_config("default", [f"checkpoint={settings.checkpoint}"]))
    assert isinstance(backend, PipelineBackend), "the default configuration serves a model"
    conversation = backend.open(backend.personas()[0].name, 0)
    rows = [turn_ends.collect(conversation, lines, settings) for lines in (train, test)]
    folder = checkpoint_folder(settings.checkpoint)
    unit = turn_ends.fit(rows[0], settings.ridge, llm_sha256(folder))
    found = turn_ends.scores(unit, rows[1])
    unit.save(folder, found)
    typer.echo(json.dumps(found))

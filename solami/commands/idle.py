"""`solami train idle`: the tiny model of idle and listening codes."""

from __future__ import annotations

from typing import Annotated

import typer


def train_idle(
    config: Annotated[str, typer.Option(help="A file, or a name in configs/train/.")] = "idle",
    overrides: Annotated[list[str] | None, typer.Option("--set", help="Override a key, as in seed=1.")] = None,
) -> None:
    """Train the idle network on the codes of a checkpoint's motion tokenizer."""
    import torch

    from solami.config import checkpoint_folder, find_config, load_config
    from solami.tokenizers.motion import VQMotionTokenizer
    from solami.training.idle import IdleTrainConfig
    from solami.training.idle import train_idle as train

    torch.set_num_threads(1)
    settings = load_config(IdleTrainConfig, find_config("train", config), overrides or ())
    train(settings, VQMotionTokenizer.load(checkpoint_folder(settings.tokenizer)))
    typer.echo(f"{settings.out}: trained")

"""`solami train three-points`: headset and two controllers -> body."""

from __future__ import annotations

from typing import Annotated

import typer


def train_three_points(
    config: Annotated[str, typer.Option(help="A file, or a name in configs/train/.")] = "three_points",
    overrides: Annotated[list[str] | None, typer.Option("--set", help="Override a key, as in seed=1.")] = None,
) -> None:
    """Train the three-point network on a motion pack with simulated trackers."""
    import torch

    from solami.config import find_config, load_config
    from solami.training.three_points import ThreePointsTrainConfig
    from solami.training.three_points import train_three_points as train

    torch.set_num_threads(1)
    settings = load_config(ThreePointsTrainConfig, find_config("train", config), overrides or ())
    train(settings)
    typer.echo(f"{settings.out}: trained")

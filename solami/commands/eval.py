"""`solami eval`: quality on held-out data; every row has its interval and a baseline from the same run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from solami.commands.options import Json, ServerConfigName

if TYPE_CHECKING:
    from solami.evaluation.measures import Measure

app = typer.Typer(help="Measure quality on held-out data.", no_args_is_help=True)

Pack = Annotated[Path | None, typer.Option(envvar="SOLAMI_DATA", help="Folder of the data pack.")]


@app.command("tokenizers")
def eval_tokenizers(
    config: ServerConfigName = "default",
    pack: Pack = None,
    split: Annotated[str, typer.Option(help="Split of the speech clips.")] = "test",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many clips a measure; all by default.")] = None,
    of: Annotated[Literal["all", "speech", "motion"], typer.Option(help="Which tokenizers to measure.")] = "all",
    as_json: Json = False,
) -> None:
    """Send held-out speech and motion through the tokenizers and back, and measure what is lost."""
    from solami.body.pack import read_index
    from solami.config import checkpoint_folder, load_serve_config
    from solami.datasets.sources import data_pack
    from solami.evaluation import tokenizers as measured
    from solami.evaluation.recognition import Recogniser
    from solami.outside.factory import build_ear
    from solami.outside.ports import Bell
    from solami.tokenizers.factory import build_tokenizers

    settings, folder = load_serve_config(config), data_pack(pack)
    checkpoint, index = checkpoint_folder(settings.checkpoint), read_index(folder / "motion")
    speech, motion = build_tokenizers(settings.tokenizers, checkpoint)
    rows: list[Measure] = []
    use: dict[str, dict[str, float]] = {}
    if of != "speech":
        rows += measured.motion_rows(motion, index, limit) + measured.three_points_rows(checkpoint, index, limit)
        use |= measured.motion_use(motion, index, limit)
    if of != "motion":
        ear = build_ear(settings.ear, Bell())
        rows += measured.speech_rows(speech, Recogniser(), ear, folder / "speech", split, limit)
        use |= measured.speech_use(speech, folder / "speech", limit)
    _show(rows, {"codebook_use": use}, as_json)


@app.command("motion-designs")
def eval_motion_designs(
    config: Annotated[str, typer.Option(help="A file, or a name in configs/train/.")] = "motion_designs",
    overrides: Annotated[list[str] | None, typer.Option("--set", help="Override a key, as in max_minutes=2.")] = None,
    as_json: Json = False,
) -> None:
    """Train body tokenizers of several designs for as many steps and print what each loses."""
    import torch

    from solami.config import find_config, load_config
    from solami.training.motion_comparison import MotionComparisonConfig, compare_designs

    torch.set_num_threads(1)
    rows = compare_designs(load_config(MotionComparisonConfig, find_config("train", config), overrides or ()))
    _show_table("designs", rows, as_json)


@app.command("speech-designs")
def eval_speech_designs(
    config: Annotated[str, typer.Option(help="A file, or a name in configs/train/.")] = "speech_designs",
    overrides: Annotated[list[str] | None, typer.Option("--set", help="Override a key.")] = None,
    pack: Pack = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many clips a source; all by default.")] = None,
    as_json: Json = False,
) -> None:
    """Train our speech tokenizer and a SEANet of its size for as many steps and print what each loses."""
    import json

    from solami.commands.speech import SpeechRunConfig, compare_speech_designs
    from solami.config import find_config, load_config
    from solami.datasets.sources import data_pack

    settings = load_config(SpeechRunConfig, find_config("train", config), overrides or ())
    report = compare_speech_designs(settings, data_pack(pack), limit)
    if as_json:
        typer.echo(json.dumps(report))
        return
    for name, rows in report.items():
        for row in rows:
            typer.echo(f"{name} {row['source']} {row['name']}: {row['value']:.3f} n={row['n']}")


@app.command("lora")
def eval_lora(
    config: Annotated[str, typer.Option(help="A file, or a name in configs/train/.")] = "lora_settings",
    overrides: Annotated[list[str] | None, typer.Option("--set", help="Override a key.")] = None,
    as_json: Json = False,
) -> None:
    """Tune one model in several ways for as many steps and print what each learned and forgot."""
    from solami.commands.data import load_vocabulary, read_data_config
    from solami.config import find_config, load_config
    from solami.training.lora_comparison import LoraComparisonConfig, compare_tuning

    settings = load_config(LoraComparisonConfig, find_config("train", config), overrides or ())
    _show_table("settings", compare_tuning(settings, load_vocabulary(read_data_config(settings.data))), as_json)


@app.command("model")
def eval_model(
    config: ServerConfigName = "default",
    pack: Pack = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every reply.")] = 0,
    whole: Annotated[bool, typer.Option(help="Also held-out talks and clips, not the twenty prompts alone.")] = True,
    share: Annotated[float, typer.Option(min=0.01, help="Of the usual number of samples.")] = 1.0,
    workers: Annotated[int, typer.Option(min=1, help="Processes, one thread each.")] = 2,
    as_json: Json = False,
) -> None:
    """Measure a whole model on held-out talks and clips; each number beside a baseline, see docs/evaluation.md."""
    from solami.commands.eval_model import ModelEvaluation, evaluate_model

    rows, more = evaluate_model(ModelEvaluation(config, _pack_if_any(pack), seed, share, workers, whole))
    _show(rows, more, as_json)


@app.command("actions")
def eval_actions(pack: Pack = None, as_json: Json = False) -> None:
    """How well the action classifier tells captured and procedural actions apart; chance beside it."""
    from solami.datasets.motion import load_motion_clips
    from solami.datasets.procedural_clips import procedural_clips
    from solami.datasets.sources import data_pack
    from solami.evaluation.action_measures import action_measures

    _show(action_measures(load_motion_clips(data_pack(pack)), procedural_clips()), {}, as_json)


def _pack_if_any(given: Path | None) -> Path | None:
    """The data pack; the comparison with real clips is left out where there is none."""
    from solami.datasets.sources import data_pack
    from solami.errors import InputError

    try:
        return data_pack(given)
    except InputError:
        if given is not None:
            raise
        return None


def _show(rows: list[Measure], more: dict[str, Any], as_json: bool) -> None:
    import json

    if as_json:
        typer.echo(json.dumps({"measures": [row.as_row() for row in rows], **more}))
        return
    for row in rows:
        typer.echo(_line(row))
    for name, value in more.items():
        typer.echo(f"{name}: {json.dumps(value, indent=1)}")


def _show_table(name: str, rows: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    import json

    if as_json:
        typer.echo(json.dumps({name: rows}))
        return
    for row in rows:
        typer.echo(" ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()))


def _line(row: Measure) -> str:
    baseline = "" if row.baseline is None else f"; baseline {row.baseline:.3f}"
    interval = f"[{row.ci95[0]:.3f}, {row.ci95[1]:.3f}]"
    return f"{row.split} {row.source} {row.name}: {row.value:.3f} {interval} n={row.n}{baseline}"

"""`solami eval`: quality on held-out data; every row has its interval and a baseline from the same run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from solami.evaluation.measures import Measure

app = typer.Typer(help="Measure quality on held-out data.", no_args_is_help=True)

Config = Annotated[str, typer.Option(help="A server's configuration: a file, or a name.")]
Pack = Annotated[Path | None, typer.Option(envvar="SOLAMI_DATA", help="Folder of the data pack.")]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object.")]


@app.command("tokenizers")
def eval_tokenizers(
    config: Config = "default",
    pack: Pack = None,
    split: Annotated[str, typer.Option(help="Split of the speech clips.")] = "test",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many clips a measure; all by default.")] = None,
    as_json: Json = False,
) -> None:
    """Send held-out speech and motion through the tokenizers and back, and measure what is lost."""
    from solami.build import build_tokenizers
    from solami.config import checkpoint_folder, load_serve_config
    from solami.evaluation.tokenizers import codebook_use, motion_measures, speech_measures

    settings, folder = load_serve_config(config), _pack(pack)
    speech, motion = build_tokenizers(settings.tokenizers, checkpoint_folder(settings.checkpoint))
    rows = [
        *motion_measures(motion, folder, ("val", "test"), limit),
        *motion_measures(motion, folder, ("test",), limit),
        *speech_measures(speech, folder, split, limit),
    ]
    _show(rows, {"codebook_use": codebook_use(motion, folder, limit)}, as_json)


@app.command("model")
def eval_model(
    config: Config = "default",
    pack: Pack = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every reply.")] = 0,
    as_json: Json = False,
) -> None:
    """Answer twenty typed prompts; measure whether the words can be heard and the body moves."""
    from solami.build import build_backend
    from solami.config import load_serve_config
    from solami.evaluation.recognition import Recogniser
    from solami.evaluation.replies import PERSONAS, PROMPTS, collect_replies, reply_measures

    backend = build_backend(load_serve_config(config))
    replies = list(collect_replies(backend, PROMPTS, PERSONAS, seed))
    rows = reply_measures(replies, Recogniser(), pack)
    said = [{"prompt": prompt, "said": reply.said} for prompt, reply in zip(PROMPTS, replies, strict=True)]
    _show(rows, {"model": backend.model, "replies": said}, as_json)


def _pack(folder: Path | None) -> Path:
    from solami.errors import InputError

    if folder is None or not (folder / "motion" / "index.jsonl").is_file():
        raise InputError(f"data pack: got {folder}, expected its folder in --pack or SOLAMI_DATA")
    return folder


def _show(rows: list[Measure], more: dict[str, Any], as_json: bool) -> None:
    import json

    if as_json:
        typer.echo(json.dumps({"measures": [row.as_row() for row in rows], **more}))
        return
    for row in rows:
        baseline = "" if row.baseline is None else f"; baseline {row.baseline:.3f}"
        interval = f"[{row.ci95[0]:.3f}, {row.ci95[1]:.3f}]"
        typer.echo(f"{row.split} {row.source} {row.name}: {row.value:.3f} {interval} n={row.n}{baseline}")
    for name, value in more.items():
        typer.echo(f"{name}: {json.dumps(value, indent=1)}")

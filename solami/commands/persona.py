"""`solami persona`: list, start and check characters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solami.commands.options import Json, ServerConfigName

if TYPE_CHECKING:
    from solami.personas import Persona

app = typer.Typer(help="Characters: list them, start one, check one.", no_args_is_help=True)

MAX_WORDS = 60
EXAMPLES = 3  # scripts that a new persona begins with


@app.command("list")
def list_personas(
    config: ServerConfigName = "default",
    as_json: Json = False,
) -> None:
    """List every character a server with this configuration can play, with its voice."""
    import json

    from solami.config import load_serve_config, persona_files
    from solami.personas import load_persona

    rows = [load_persona(path) for path in persona_files(load_serve_config(config))]
    if as_json:
        shown = [{"name": p.name, "title": p.title, "voice": p.voice or p.name} for p in rows]
        typer.echo(json.dumps({"personas": shown}))
        return
    for persona in sorted(rows, key=lambda row: row.name):
        typer.echo(f"{persona.name:10} {persona.title}; voice {persona.voice or persona.voice_reference}")


@app.command("new")
def new_persona(
    name: Annotated[str, typer.Argument(help="Lower-case name of the new character.")],
    like: Annotated[str, typer.Option(help="The character to start from.")] = "tom",
    folder: Annotated[Path, typer.Option(help="Where to write NAME.yaml.")] = Path("configs/personas"),
    voice_reference: Annotated[Path | None, typer.Option(help="A recording of the voice; it is copied along.")] = None,
    voice_licence: Annotated[str | None, typer.Option(help="Under what licence that recording is used.")] = None,
) -> None:
    """Write a new persona to edit: a file with an existing character's text and voice, and scripts to train it on."""
    import shutil

    import yaml

    from solami.config import find_config
    from solami.errors import ConfigError
    from solami.personas import Persona, load_persona

    path = folder / f"{name}.yaml"
    if path.exists():
        raise ConfigError(f"persona {path}: exists already; give another name or edit it")
    source = load_persona(find_config("personas", like))
    copied = f"{name}{voice_reference.suffix}" if voice_reference else source.voice_reference
    licence = voice_licence if voice_reference else source.voice_licence
    voice = {"voice_reference": str(copied), "voice_licence": licence} if copied else {"voice": source.voice}
    values = {"name": name, "title": source.title, **voice, "text": source.text}
    _validated(Persona, values, path)
    folder.mkdir(parents=True, exist_ok=True)
    if voice_reference is not None:
        _refuse_bad_recording(voice_reference)
        shutil.copyfile(voice_reference, folder / str(copied))
    path.write_text(yaml.safe_dump(values, sort_keys=False, width=110), encoding="utf-8")
    typer.echo(str(path))
    _write_scripts(folder, name, like)


@app.command("check")
def check_persona(
    file: Annotated[str, typer.Argument(help="A persona file, or the name of a character.")],
    config: Annotated[str, typer.Option(help="The server that will play it.")] = "default",
    as_json: Json = False,
) -> None:
    """Check a persona file; exit status 1 when a server with this configuration could not play it well."""
    import json

    from solami.config import find_config
    from solami.personas import load_persona

    path = find_config("personas", file)
    persona = load_persona(path)
    faults = find_faults(persona, config)
    if as_json:
        typer.echo(json.dumps({"persona": persona.name, "file": str(path), "faults": faults}))
    else:
        typer.echo("\n".join(f"{path}: {fault}" for fault in faults) or f"{path}: good")
    if faults:
        raise typer.Exit(1)


def find_faults(persona: Persona, config: str) -> list[str]:
    """What would keep this persona from being played well, in words."""
    from solami.config import VOICES_FILE, checkpoint_folder, load_serve_config
    from solami.tokenizers.voices import load_voices

    faults, words = [], len(persona.text.split())
    if words > MAX_WORDS:
        faults.append(f"text: got {words} words, expected at most {MAX_WORDS}: it stands before every conversation")
    if persona.voice_reference is not None:
        return [*faults, *(f"voice_reference: {fault}" for fault in _recording_faults(persona.voice_reference))]
    settings = load_serve_config(config)
    if settings.tokenizers.kind == "neural":
        voices = load_voices(checkpoint_folder(settings.checkpoint) / VOICES_FILE)
        if persona.voice not in voices:
            faults.append(f"voice: got {persona.voice!r}, expected one of {', '.join(sorted(voices))}")
    return faults


def _write_scripts(folder: Path, name: str, like: str) -> None:
    """FOLDER/NAME/scripts/NAME.jsonl with a few of the other character's scripts, to be rewritten."""
    import json
    from dataclasses import asdict

    from solami.datasets.scripts import load_scripts

    path = folder / name / "scripts" / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    examples = [script for script in load_scripts() if script.persona == like][:EXAMPLES]
    with path.open("w", encoding="utf-8") as lines:
        for number, script in enumerate(examples, start=1):
            row = {"id": f"{name}-{number:03d}", "persona": name, "kind": script.kind, "topic": script.topic}
            lines.write(json.dumps({**row, "turns": [asdict(turn) for turn in script.turns]}) + "\n")


def _recording_faults(path: Path) -> list[str]:
    """What is wrong with a voice reference, in words."""
    from solami.errors import InputError
    from solami.tokenizers.voices import check_reference

    try:
        return list(check_reference(path).faults)
    except InputError as error:
        return [str(error)]


def _refuse_bad_recording(path: Path) -> None:
    from solami.errors import InputError

    faults = _recording_faults(path)
    if faults:
        raise InputError(f"voice reference {path}: {'; '.join(faults)}")


def _validated(model: Any, values: dict[str, Any], path: Path) -> None:
    from pydantic import ValidationError

    from solami.errors import ConfigError

    try:
        model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"persona {path}: {'.'.join(map(str, first['loc'])) or 'file'}: {first['msg']}") from None

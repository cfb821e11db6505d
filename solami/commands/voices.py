"""`solami train voices`: the personas' voices for a trained speech tokenizer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train_voices(
    config: Annotated[str, typer.Option(help="A file, or a name in configs/train/.")] = "voices",
    checkpoint: Annotated[str, typer.Option(help="The checkpoint that gets them; its speech tokenizer is used.")] = (
        "default"
    ),
    out: Annotated[Path | None, typer.Option(help="The file to write; voices.safetensors of the checkpoint.")] = None,
) -> None:
    """Embed synthesised reference speech of each persona (needs Debian's flite) with the checkpoint's tokenizer."""
    from solami.config import VOICES_FILE, checkpoint_folder, find_config, load_config
    from solami.tokenizers.speech import NeuralSpeechTokenizer
    from solami.tokenizers.voices import save_voices
    from solami.training.voices import VoicesConfig, make_voice

    recipes = load_config(VoicesConfig, find_config("train", config)).voices
    folder = checkpoint_folder(checkpoint)
    tokenizer = NeuralSpeechTokenizer.load(folder)
    voices = [make_voice(name, recipe, tokenizer) for name, recipe in recipes.items()]
    path = out or folder / VOICES_FILE
    save_voices(voices, path)
    typer.echo(f"{path}: {', '.join(voice.name for voice in voices)}")

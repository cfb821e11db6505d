"""Configuration: YAML in, frozen pydantic out, for every command. Builds nothing; `build` turns it into objects.

A config is named by a path, or by a bare name looked for in ./configs/<folder>/ and then in the packaged copy.
`--set a.b=c` overrides one key; a value `${NAME}` is read from the environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

import yaml
from pydantic import BaseModel, Field, ValidationError

from solami.errors import ConfigError
from solami.outside.config import BrainConfig, EarConfig
from solami.stream_server.config import ServerConfig
from solami.strict import Strict

PACKAGE = Path(__file__).parent
VOICES_FILE = "voices.safetensors"  # of a checkpoint folder
Config = TypeVar("Config", bound=BaseModel)


class LocalEngineConfig(Strict):
    """Our streaming decoder for Llama- and Qwen-family folders."""

    kind: Literal["local"] = "local"
    context_tokens: int | None = Field(None, ge=256, description="positions of one session; by default the model's")
    threads: int = Field(1, ge=1, description="torch threads; one is fastest beside another busy process")
    device: str = Field("cpu", description="cpu, cuda or cuda:N")
    dtype: Literal["float32", "bfloat16", "float16"] = Field("float32", description="float32 on CPUs")


class TransformersEngineConfig(Strict):
    """Any Hugging Face causal LM, one session after the other: the reference, not the fast path."""

    kind: Literal["transformers"] = "transformers"
    context_tokens: int | None = Field(None, ge=256, description="positions of one session; by default the model's")
    threads: int = Field(1, ge=1, description="torch threads")
    device: str = Field("cpu", description="cpu, cuda or cuda:N")
    dtype: Literal["float32", "bfloat16", "float16"] = Field("float32", description="float32 on CPUs")


class ScriptedEngineConfig(Strict):
    """A fake that writes a fixed, legal reply; needs no weights."""

    kind: Literal["scripted"] = "scripted"


class RandomEngineConfig(Strict):
    """The local engine with random weights of a given size: how fast such a model would be. It talks nonsense."""

    kind: Literal["random"] = "random"
    hidden: int = Field(4096, ge=8)
    intermediate: int = Field(11008, ge=8)
    layers: int = Field(32, ge=1)
    heads: int = Field(32, ge=1)
    kv_heads: int = Field(32, ge=1, description="a divisor of heads")
    head_dim: int = Field(128, ge=2, multiple_of=2)
    context_tokens: int = Field(2048, ge=256, description="positions of one session")
    threads: int = Field(1, ge=1, description="torch threads")
    device: str = Field("cpu", description="cpu, cuda or cuda:N")
    dtype: Literal["float32", "bfloat16", "float16"] = Field("float32", description="float32 on CPUs")


class ClickFlipEngineConfig(Strict):
    """No engine: clicks and wrist flips at known samples answer anything (docs/howto/click_flip.md)."""

    kind: Literal["click_flip"] = "click_flip"
    seconds: float = Field(20.0, ge=0.4, le=3600, description="length of every reply")
    every_s: float = Field(1.0, gt=0, description="from click to click; a multiple of 1/15 s")


class NeuralTokenizersConfig(Strict):
    """The trained speech and motion tokenizers of the checkpoint."""

    kind: Literal["neural"] = "neural"


class CodecTokenizersConfig(Strict):
    """A codec of transformers (EnCodec, Mimi, DAC) for speech, the checkpoint's tokenizer for motion.

    The LLM must have been trained on this codec's codes.
    """

    kind: Literal["codec"] = "codec"
    speech: Path = Field(description="folder with the codec's config.json and safetensors")
    num_codebooks: int | None = Field(None, ge=1, description="codebooks that are used; by default all")


class DummyTokenizersConfig(Strict):
    """Weightless tokenizers: a tone for speech, a procedural wave for motion."""

    kind: Literal["dummy"] = "dummy"


EngineConfig = Annotated[
    LocalEngineConfig | TransformersEngineConfig | RandomEngineConfig | ScriptedEngineConfig | ClickFlipEngineConfig,
    Field(discriminator="kind"),
]
TokenizersConfig = Annotated[
    NeuralTokenizersConfig | CodecTokenizersConfig | DummyTokenizersConfig, Field(discriminator="kind")
]


class ServeConfig(Strict):
    """`configs/serve/*.yaml`: which model to serve, and how."""

    checkpoint: str = Field("default", description="a packaged checkpoint's name, or a checkpoint folder")
    tokenizers: TokenizersConfig = NeuralTokenizersConfig()
    engine: EngineConfig = LocalEngineConfig()
    brain: BrainConfig | None = Field(None, description="a chat endpoint that finds the words; else the model does")
    ear: EarConfig | None = Field(None, description="who writes down what the user says; else the model does")
    personas: Path | None = Field(None, description="a folder of persona YAMLs besides the packaged ones")
    server: ServerConfig = ServerConfig()


def config_folders() -> list[Path]:
    """Where bare names are looked for, in order: the working directory, the wheel's copy, the source tree."""
    return [Path("configs"), PACKAGE / "_configs", PACKAGE.parent / "configs"]


def find_config(folder: str, name: str | Path) -> Path:
    """The file that `name` means among configs/<folder>/. Raises ConfigError that lists what there is."""
    if Path(name).suffix in (".yaml", ".yml"):
        if Path(name).is_file():
            return Path(name)
        raise ConfigError(f"config {name}: no such file; give a YAML file or one of {config_names(folder)}")
    for root in config_folders():
        if (root / folder / f"{name}.yaml").is_file():
            return root / folder / f"{name}.yaml"
    names = config_names(folder)
    raise ConfigError(f"config {str(name)!r}: unknown{_did_you_mean(str(name), names)}; expected one of {names}")


def config_names(folder: str) -> list[str]:
    """Every bare name that configs/<folder>/ offers."""
    return sorted({path.stem for root in config_folders() for path in (root / folder).glob("*.yaml")})


def load_config(model: type[Config], path: Path, overrides: Sequence[str] = ()) -> Config:
    """Read a YAML file into `model`. Raises ConfigError that names the key, what was got and what is expected."""
    values = read_yaml(path)
    for override in overrides:
        _override(values, override)
    try:
        return model.model_validate(_with_environment(values, str(path)))
    except ValidationError as error:
        raise ConfigError("; ".join(_explain(model, path, dict(item)) for item in error.errors())) from None


def load_serve_config(name: str | Path = "default", overrides: Sequence[str] = ()) -> ServeConfig:
    """A server's configuration by bare name or path, with `a.b=c` overrides."""
    return load_config(ServeConfig, find_config("serve", name), overrides)


def persona_files(config: ServeConfig) -> list[Path]:
    """Persona YAMLs, one for each file name: first in the config's folder, then where configs are looked for."""
    found: dict[str, Path] = {}
    roots = [config.personas] if config.personas else []
    for root in [*roots, *(folder / "personas" for folder in config_folders())]:
        for path in sorted(root.glob("*.yaml")):
            found.setdefault(path.name, path)
    return list(found.values())


def checkpoint_folder(name: str) -> Path:
    """A checkpoint folder by path, or by the name of a packaged one."""
    for folder in (Path(name), PACKAGE / "checkpoints" / name):
        if folder.is_dir():
            return folder
    packaged = sorted(path.name for path in (PACKAGE / "checkpoints").iterdir() if path.is_dir())
    raise ConfigError(f"checkpoint {name!r}: no such folder; give a folder or one of {packaged}")


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file that holds a mapping. Raises ConfigError otherwise."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"config {path}: cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"config {path}: not YAML{_place(error)}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"config {path}: got a {type(values).__name__}, expected keys and values")
    return values


def _place(error: yaml.YAMLError) -> str:
    """Where; the words there may be secrets, and a YAML error repeats them."""
    mark = getattr(error, "problem_mark", None)
    return "" if mark is None else f" at line {mark.line + 1}, column {mark.column + 1}"


def _override(values: dict[str, Any], override: str) -> None:
    """Set one key, given as `a.b=c` with c in YAML."""
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise ConfigError(f"--set {override!r}: expected KEY=VALUE, such as server.port=9000")
    *parents, last = key.split(".")
    for parent in parents:
        values = values.setdefault(parent, {})
        if not isinstance(values, dict):
            raise ConfigError(f"--set {override!r}: {parent!r} is a value, not a block of keys")
    try:
        values[last] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"--set {override!r}: the value is not YAML") from error


def _with_environment(value: Any, where: str) -> Any:
    """The same value with every string `${NAME}` read from the environment."""
    if isinstance(value, Mapping):
        return {key: _with_environment(item, f"{where}: {key}") for key, item in value.items()}
    if isinstance(value, list):
        return [_with_environment(item, where) for item in value]
    match = re.fullmatch(r"\$\{(\w+)\}", value) if isinstance(value, str) else None
    if match is None:
        return value
    if match[1] not in os.environ:
        raise ConfigError(f"{where}: the environment variable {match[1]} is not set")
    return os.environ[match[1]]


def _explain(model: type[BaseModel], path: Path, error: Mapping[str, Any]) -> str:
    """One sentence for one pydantic error. Values are not repeated: they may be secrets."""
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"config {path}: {key}: unknown key{_did_you_mean(str(error['loc'][-1]), sorted(set(_fields(model))))}"
    return f"config {path}: {key + ': ' if key else ''}{error['msg']}"


def _fields(model: type[BaseModel]) -> Iterator[str]:
    """Every field name of a model and of the blocks inside it."""
    for name, field in model.model_fields.items():
        yield name
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _fields(kind)


def _did_you_mean(got: str, names: Sequence[str]) -> str:
    close = get_close_matches(got, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""

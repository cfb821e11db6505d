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
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, Field, ValidationError

from solami.errors import ConfigError
from solami.llm.config import EngineConfig, LocalEngineConfig
from solami.outside.config import BrainConfig, EarConfig
from solami.stream_server.config import ServerConfig
from solami.strict import Strict
from solami.tokenizers.config import NeuralTokenizersConfig, TokenizersConfig

PACKAGE = Path(__file__).parent
VOICES_FILE = "voices.safetensors"  # of a checkpoint folder
Config = TypeVar("Config", bound=BaseModel)


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

"""Commands about training data: synthesise lines, encode them, pack rows, look at rows."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import Field, ValidationError

from solami.errors import ConfigError
from solami.strict import Strict

if TYPE_CHECKING:
    from solami.llm.vocabulary import Vocabulary
    from solami.tokenizers.base import MotionTokenizer, SpeechTokenizer

BuildStage = Literal["labelled", "speech", "codes", "rows", "talks", "all"]


class SpokenPart(Strict):
    """See `datasets.spoken_build.SpokenConfig`."""

    dialogue_turns: int = 0
    user_dialogue_turns: int = 0
    request_templates: int = 4
    max_scripts: int | None = None


class RowsPart(Strict):
    """See `training.lm_data.RowsConfig`."""

    out: Path = Path("data/rows")
    row_tokens: int
    tokens: int
    mix: dict[str, float]
    shares: dict[str, float] = Field({}, description="see `training.lm_sources.Shares`")
    drop: dict[str, Any] = Field({}, description="see `training.lm_users.Drop`")
    order: Literal["beats", "paper"] = "beats"
    only: str | None = None  # the one persona whose scripts are used
    kinds: dict[str, int] = Field({}, description="how often talks of a kind come; see `training.lm_sources.Sources`")
    seed: int = 0


class DataConfig(Strict):
    """`configs/data/*.yaml`: the tokenizers, the folders, and which rows to pack."""

    speech: Path | None = None  # checkpoint folder of the speech tokenizer; None is the dummy
    motion: Path | None = None  # the same for motion
    text: Path  # folder with tokenizer.json
    pack: Path | None = None  # the data pack; else $SOLAMI_DATA
    uses_pack: bool = True  # False: scripts and synthesised speech alone
    labelled: Path = Path("data/labelled")
    lines: Path = Path("data/lines")
    codes: Path = Path("data/codes")
    talks: Path = Path("data/talks")
    personas: Path = Path("configs/personas")
    scripts: tuple[Path, ...] = ()  # folders of more scripts than the shipped ones, as `solami data write` makes them
    spoken: SpokenPart = SpokenPart()
    rows: tuple[RowsPart, ...] = ()
    takes: int | None = None  # of every procedural caption; None: all, with the pack's clips
    workers: int = 2


def read_data_config(path: Path) -> DataConfig:
    """Read a data config. Raises ConfigError for a file that is none."""
    try:
        return DataConfig.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValidationError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: not a data config: {error}") from error


def build_data(config: DataConfig, stage: BuildStage = "all") -> dict[str, Any]:
    """Run one stage or all; each goes on where it stopped. Returns what was counted."""
    from solami.datasets.sources import data_pack

    pack = data_pack(config.pack) if config.uses_pack else None
    report: dict[str, Any] = {}
    if stage == "labelled":  # for the speech tokenizer, which the other stages need
        report["labelled"] = _label(config, pack)
        return report
    if stage in ("speech", "all"):
        report["lines"] = _speak(config, pack)
    if stage in ("codes", "all"):
        _encode(config, pack)
    if stage in ("rows", "all"):
        report["scripts"] = _check_scripts(config, pack)
        report["rows"] = {str(part.out): _pack_rows(config, part, pack) for part in config.rows}
    if stage == "talks":  # the data set on its own; training packs its rows from the same codes
        report["talks"] = _write_talks(config, pack)
    return report


def load_vocabulary(config: DataConfig) -> Vocabulary:
    """The vocabulary for a config's tokenizers."""
    from tokenizers import Tokenizer

    from solami.llm.vocabulary import TOKENIZER_FILE, Vocabulary
    from solami.tokenizers.placement import PlacementTokenizer

    speech, motion = load_speech(config.speech), load_motion(config.motion)
    file = config.text / TOKENIZER_FILE
    if not file.is_file():
        raise ConfigError(f"text: {file} is missing; make it with `solami train text-tokenizer`")
    specs = [speech.spec, motion.body_spec, motion.hands_spec, PlacementTokenizer.spec]
    return Vocabulary(Tokenizer.from_file(str(file)), specs)


def load_speech(folder: Path | None) -> SpeechTokenizer:
    """A trained speech tokenizer, or the dummy for None."""
    if folder is None:
        from solami.tokenizers.dummy_speech import DummySpeechTokenizer

        return DummySpeechTokenizer()
    from solami.tokenizers.speech import NeuralSpeechTokenizer

    return NeuralSpeechTokenizer.load(folder)


def load_motion(folder: Path | None) -> MotionTokenizer:
    """A trained motion tokenizer, or the dummy for None."""
    if folder is None:
        from solami.tokenizers.dummy_motion import DummyMotionTokenizer

        return DummyMotionTokenizer()
    from solami.tokenizers.motion import VQMotionTokenizer

    return VQMotionTokenizer.load(folder)


def _label(config: DataConfig, pack: Path | None) -> int:
    from solami.datasets.labelled import LabelledConfig, build_labelled

    return build_labelled(LabelledConfig(out=config.labelled, pack=pack))


def _speak(config: DataConfig, pack: Path | None) -> int:
    from tokenizers import Tokenizer

    from solami.datasets.spoken_build import SpokenConfig, build_spoken

    tokenizer = Tokenizer.from_file(str(config.text / "tokenizer.json"))
    spoken = SpokenConfig(
        out=config.lines, pack=pack, scripts=config.scripts, workers=config.workers, **config.spoken.model_dump()
    )
    return len(build_spoken(spoken, lambda text: len(tokenizer.encode(text).ids)))


def _check_scripts(config: DataConfig, pack: Path | None) -> dict[str, Any]:
    """Which scripts were dropped and why; the same goes to `dropped.json` beside the codes."""
    from solami.datasets.validation import usable_scripts
    from solami.training.lm_runs import train_stage

    report = usable_scripts(train_stage(pack, config.takes), config.scripts).report()
    config.codes.mkdir(parents=True, exist_ok=True)
    (config.codes / "dropped.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


def _encode(config: DataConfig, pack: Path | None) -> None:
    from solami.tokenizers.three_points import CONFIG, ThreePointModel
    from solami.training.lm_encoding import encode_motion, encode_speech
    from solami.training.lm_runs import train_stage

    encode_speech(config.lines, config.codes, partial(load_speech, config.speech), pack, config.workers)
    if pack is not None or config.takes is not None:
        trackers = config.motion if config.motion is not None and (config.motion / CONFIG).is_file() else None
        stage = partial(train_stage, pack, config.takes)
        solver = None if trackers is None else partial(ThreePointModel.load, trackers)
        encode_motion(config.codes, partial(load_motion, config.motion), stage, config.workers, solver)


def _write_talks(config: DataConfig, pack: Path | None) -> dict[str, Any]:
    from solami.tokenizers.placement import PlacementTokenizer
    from solami.training.talk_shards import TalksConfig, build_talks

    kept = config.model_dump(include={"codes", "takes", "scripts", "workers"})
    talks = TalksConfig(out=config.talks, pack=pack, **kept)
    return build_talks(talks, partial(load_vocabulary, config), PlacementTokenizer().encode)


def _pack_rows(config: DataConfig, part: RowsPart, pack: Path | None) -> dict[str, int]:
    from solami.tokenizers.placement import PlacementTokenizer
    from solami.training.lm_data import RowsConfig, build_rows

    rows = RowsConfig.model_validate(
        {
            **part.model_dump(),
            "codes": config.codes,
            "pack": pack,
            "takes": config.takes,
            "scripts": config.scripts,
            "personas": config.personas,
            "workers": config.workers,
        }
    )
    return build_rows(rows, partial(load_vocabulary, config), PlacementTokenizer().encode)

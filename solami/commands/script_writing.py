"""`solami data write`: new scripts from a chat model, checked, counted and ready for `data build`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from solami.datasets.chat_model import ChatModel, ChatModelConfig
from solami.strict import Strict


class WritingConfig(Strict):
    """`configs/writing/*.yaml`."""

    chat: ChatModelConfig
    out: Path = Path("data/written")
    cache: Path = Path("data/written/cache")
    topics: Path | None = None  # None: the shipped ones
    personas: Path = Path("configs/personas")
    pack: Path | None = None  # its clips are measured too, so that lines fit their gestures
    count: int = 100
    workers: int = 8
    seed: int = 0


def write_new_scripts(config: WritingConfig) -> dict[str, Any]:
    """Write what is missing; answers are cached, so a stopped run goes on. Returns counts, costs and faults."""
    from solami.datasets.motion import load_motion_clips
    from solami.datasets.script_writing import TOPICS, plan, read_topics, save_scripts, write_scripts
    from solami.datasets.staging import Stage
    from solami.personas import load_persona

    personas = [load_persona(path) for path in sorted(config.personas.glob("*.yaml"))]
    wanted = plan(
        {persona.name: persona.text for persona in personas},
        read_topics(config.topics or TOPICS),
        config.count,
        config.seed,
    )
    clips = load_motion_clips(config.pack) if config.pack is not None else []
    stage = Stage([clip for clip in clips if clip.split == "train"])
    model = ChatModel(config.chat, config.cache)
    scripts, faults = write_scripts(model, wanted, stage.gesture_seconds, config.workers)
    save_scripts(scripts, config.out)
    return {
        "written": len(scripts),
        "dropped": [asdict(fault) for fault in faults],
        "spent": asdict(model.spent),
        "out": str(config.out),
    }

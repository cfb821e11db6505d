from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from solami.cli import app
from solami.commands.data import DataConfig, load_vocabulary
from solami.commands.data_inspect import describe_ids
from solami.config import find_config, load_config
from solami.errors import InputError


def test_ids_are_told_in_words() -> None:
    """Text stands as it is, control tokens by name, codes by modality and number."""
    vocabulary = load_vocabulary(load_config(DataConfig, find_config("data", "toy")))
    ids = [vocabulary.special("<say>"), *vocabulary.encode_text("Hello"), vocabulary.span("speech").start + 5]
    assert describe_ids(vocabulary, ids) == " <say>Hello s5"


def test_inspect_reports_a_folder_of_rows(tmp_path: Path) -> None:
    """`data inspect` counts rows and the learned share, and refuses a row beyond the last."""
    np.save(tmp_path / "ids_00000.npy", np.zeros((3, 8), np.int32))
    np.save(tmp_path / "mask_00000.npy", np.tile(np.array([True, False]), (3, 4)))
    arguments = ["data", "inspect", str(tmp_path), "--config", "toy"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "rows: 3" in result.stdout
    assert "learned_share: 0.5" in result.stdout
    with pytest.raises(InputError, match="expected 0 to 2"):
        CliRunner().invoke(app, [*arguments, "--row", "3"], catch_exceptions=False)


def test_inspect_tells_a_talk_turn_by_turn(tmp_path: Path) -> None:
    """A folder of talks is known by its shards; one talk is told in words."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from solami.datasets.scripts import load_scripts
    from solami.llm.turns import AgentTurn, Clause, Heard, UserTurn
    from solami.training.talk_rows import SCHEMA, talk_row

    agent = AgentTurn(speech=False, body=False, parts=(Clause("Good day."),))
    row = talk_row(load_scripts()[0], [UserTurn(parts=(Heard("Hello."),)), agent])
    pq.write_table(pa.Table.from_pylist([row], SCHEMA), tmp_path / "talks-00000.parquet")
    result = CliRunner().invoke(app, ["data", "inspect", str(tmp_path), "--config", "toy"], catch_exceptions=False)
    assert (
        "talks: 1" in result.stdout and "user: <heard> Hello." in result.stdout and "<say> Good day." in result.stdout
    )

import numpy as np

from solami.datasets.scripts import load_scripts
from solami.frames import Codes
from solami.llm.turns import AgentTurn, Beat, Clause, Heard, Saw, UserTurn
from solami.training.talk_rows import talk_row

BEAT = Beat(np.arange(6, dtype=np.int32).reshape(2, 3), np.arange(3, dtype=np.int32)[None], None)
PLACE = Codes("placement", np.array([[3], [1], [0]], np.int32), 0.0)


def test_turns_become_parts_in_their_order() -> None:
    """Neighbouring beats are one part; captions cut them; what a turn lacks is null; seconds count every beat."""
    user = UserTurn(body=True, placement=PLACE, parts=(BEAT, BEAT, Saw("waves"), BEAT))
    agent = AgentTurn(
        speech=False, body=True, parts=(Clause("Hi.", PLACE, (BEAT,), "nods"), Heard("hello")), emotion="happy"
    )
    row = talk_row(load_scripts()[0], [user, agent])
    first, second = row["turns"]
    assert [(p["kind"], p["text"], p["beats"]) for p in first["parts"]] == [
        ("beats", "", 2),
        ("saw", "waves", 0),
        ("beats", "", 1),
    ]
    assert first["parts"][0]["body"] == [0, 1, 2, 3, 4, 5] * 2 and first["parts"][0]["speech"] is None
    assert (first["placement"], first["emotion"], second["placement"]) == ([3, 1, 0], "", None)
    assert [(p["kind"], p["does"]) for p in second["parts"]] == [("say", "nods"), ("heard", "")] and second[
        "emotion"
    ] == "happy"
    assert second["parts"][0]["placement"] == [3, 1, 0] and row["seconds"] == 0.4 * 4

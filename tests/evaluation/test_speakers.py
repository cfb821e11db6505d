from solami.datasets.scripts import load_scripts
from solami.evaluation.speakers import SpeakerGuess


def test_words_tell_who_speaks() -> None:
    """The persona whose words a line holds is named; the order of personas does not matter."""
    lines = [("baker", "The bread is in the oven."), ("captain", "The ship sails at dawn.")]
    for order in (lines, lines[::-1]):
        guess = SpeakerGuess(order)
        assert guess.best("Fresh bread!") == "baker" and guess.best("A ship at dawn") == "captain"


def test_held_out_lines_of_the_scripts_are_told_apart() -> None:
    """Over the ten shipped personas held-out lines are named far above chance, so that a reply can be judged."""
    scripts = load_scripts()
    turns = [(s.split, s.persona, t.speech) for s in scripts for t in s.turns if t.role == "agent"]
    guess = SpeakerGuess([(persona, line) for split, persona, line in turns if split == "train"])
    held = [(persona, line) for split, persona, line in turns if split != "train"]
    assert sum(guess.best(line) == persona for persona, line in held) / len(held) > 0.3

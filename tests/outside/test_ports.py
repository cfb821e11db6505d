from solami.outside.ports import Bell


def test_a_bell_rings_for_its_listener() -> None:
    """Nobody has to listen; who does hears every ring."""
    bell, rings = Bell(), []
    bell.ring()
    bell.listener = lambda: rings.append(1)
    bell.ring()
    assert rings == [1]

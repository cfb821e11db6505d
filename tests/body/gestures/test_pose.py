from solami.body.gestures.pose import NEUTRAL, Arm, Pose, head, other, sign, trunk


def test_a_trunk_turn_is_dealt_out_whole() -> None:
    """The shares of spine and of neck and head add up."""
    for parts in (trunk(10, -20, 30), head(10, -20, 30)):
        total = [sum(turn[axis] for turn in parts.values()) for axis in range(3)]
        assert [round(t, 6) for t in total] == [10, -20, 30]


def test_poses_are_built_without_changing() -> None:
    """`arm`, `both` and `bent` give new poses and add turns up."""
    arm = Arm((0, 0, 0.3), (0, 0, 1), (0, -1, 0))
    pose = Pose({"head": (1, 0, 0)}).bent(head=(2, 0, 1)).arm("left", arm)
    assert pose.trunk["head"] == (3, 0, 1) and pose.left == arm and pose.right is None
    assert NEUTRAL.both(arm).right == arm and NEUTRAL.right is None
    assert arm.at(y=0.1).palm == (0, 0.1, 0.3)


def test_sides_are_opposite() -> None:
    """The other side of a side is not itself, and signs follow +X."""
    assert other("left") == "right" and other("right") == "left"
    assert sign("left") == 1 and sign("right") == -1

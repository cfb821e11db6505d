import numpy as np

from solami import skeleton
from solami.body.rest import rest_positions
from solami.body.rig_tree import match_by_shape, path_between

BODY = skeleton.PARENTS[:22]


def test_a_path_leaves_out_its_ends() -> None:
    """Between pelvis and head lie the spine and the neck."""
    path = path_between(skeleton.PARENTS, 0, skeleton.INDEX["head"])
    assert [skeleton.JOINT_NAMES[i] for i in path] == ["spine1", "spine2", "spine3", "neck"]


def test_a_body_is_known_by_its_branches_however_it_stands() -> None:
    """Legs, arms and sides are found from the tree and the toes, also with Z up and bones in another order."""
    order = np.random.default_rng(1).permutation(22)
    by_depth = sorted(range(22), key=lambda i: (len(path_between(BODY, -1, i)), order[i]))
    place = {bone: i for i, bone in enumerate(by_depth)}
    parents = tuple(-1 if BODY[b] < 0 else place[BODY[b]] for b in by_depth)
    rest = rest_positions()[by_depth] @ np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    tips = [i for i in range(22) if i not in parents]
    found = match_by_shape((*parents, *tips), np.concatenate([rest, rest[tips] * 1.02]))
    assert {joint: by_depth[bone] for joint, bone in found.items()} == {i: i for i in range(22)}


def test_other_trees_give_nothing() -> None:
    """A chain, a star and a body with one leg are no humanoids."""
    assert match_by_shape((-1, 0, 1, 2, 3), rest_positions()[:5]) == {}
    assert match_by_shape((-1, 0, 0, 0, 0), rest_positions()[:5]) == {}
    legs = [i for i in range(22) if skeleton.JOINT_NAMES[i] not in ("left_hip", "left_knee", "left_ankle", "left_foot")]
    parents = tuple(-1 if BODY[i] < 0 else legs.index(BODY[i]) for i in legs)
    assert match_by_shape(parents, rest_positions()[legs]) == {}

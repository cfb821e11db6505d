"""The shape of a skeleton's tree: paths, chains, and which branch is a leg when the names do not tell.

Two branches at the hips that are alike are legs, the third leads up; where it splits in three, the two alike are arms.
Left and right come from where the toes point. Works on rest positions; knows no names.
"""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, normalise


def path_between(parents: tuple[int, ...], top: int, bone: int) -> list[int]:
    """The bones strictly between `top` and `bone`, from the top; all above `bone` if `top` is not among them."""
    path: list[int] = []
    while (bone := parents[bone]) >= 0 and bone != top:
        path.append(bone)
    return path[::-1]


def match_by_shape(parents: tuple[int, ...], rest: Array) -> dict[int, int]:
    """SMPL-X joint -> bone from the tree and the rest positions [N, 3]; empty when it is no humanoid's."""
    children = [[i for i, parent in enumerate(parents) if parent == bone] for bone in range(len(parents))]
    hips = next((i for i in range(len(parents)) if len(_branches(children, i)) >= 3), None)
    if hips is None:
        return {}
    legs = _twins(children, rest, hips)
    up = [bone for bone in _branches(children, hips) if bone not in legs]
    chest = next((b for b in _walk(children, up[0]) if len(_branches(children, b)) >= 3), None) if up else None
    if not legs or chest is None:
        return {}
    arms = _twins(children, rest, chest)
    above = [bone for bone in _branches(children, chest) if bone not in arms]
    if not arms or not above:
        return {}
    neck = _chain(children, rest, above[0])
    return _named(
        children, rest, hips, legs, [b for b in _walk(children, up[0]) if _above(parents, b, chest)], arms, neck
    )


def _above(parents: tuple[int, ...], bone: int, other: int) -> bool:
    """Whether `bone` is `other` or above it."""
    while other >= 0 and other != bone:
        other = parents[other]
    return other == bone


def _named(
    children: list[list[int]],
    rest: Array,
    hips: int,
    legs: list[int],
    spine: list[int],
    arms: list[int],
    neck: list[int],
) -> dict[int, int]:
    leg_chains = [_chain(children, rest, bone) for bone in legs]
    arm_chains = [_chain(children, rest, bone) for bone in arms]
    if min(map(len, leg_chains)) < 3 or min(map(len, arm_chains)) < 3:
        return {}
    up = normalise(rest[neck[-1]] - rest[hips])
    toes = sum(rest[chain[-1]] - rest[chain[2]] for chain in leg_chains)
    left = np.cross(up, toes)
    sides = sorted(range(2), key=lambda k: -float(left @ rest[leg_chains[k][0]]))
    hands = sorted(range(2), key=lambda k: -float(left @ rest[arm_chains[k][-1]]))
    found = {"pelvis": hips, "spine3": spine[-1], "neck": neck[0], "head": neck[1] if len(neck) > 1 else neck[0]}
    if len(spine) > 1:
        found["spine1"] = spine[0]
    if len(spine) > 2:
        found["spine2"] = spine[len(spine) // 2] if len(spine) > 3 else spine[1]
    for name, leg, hand in zip(("left", "right"), sides, hands, strict=True):
        found |= {
            f"{name}_{part}": b for part, b in zip(("hip", "knee", "ankle", "foot"), leg_chains[leg], strict=False)
        }
        parts = ("collar", "shoulder", "elbow", "wrist")[-min(4, len(arm_chains[hand])) :]
        found |= {f"{name}_{part}": b for part, b in zip(parts, arm_chains[hand], strict=False)}
    return {skeleton.INDEX[name]: bone for name, bone in found.items()}


def _branches(children: list[list[int]], bone: int) -> list[int]:
    """Children that have children: a tip is no branch."""
    return [child for child in children[bone] if children[child]]


def _walk(children: list[list[int]], bone: int) -> list[int]:
    """A bone and all below it, parents first."""
    return [bone, *(b for child in children[bone] for b in _walk(children, child))]


def _chain(children: list[list[int]], rest: Array, bone: int) -> list[int]:
    """The bones from here until the tree splits or ends, without those that lie where the next one does."""
    chain = [bone]
    while len(ahead := _branches(children, chain[-1])) == 1 or (not ahead and len(children[chain[-1]]) == 1):
        following = ahead[0] if ahead else children[chain[-1]][0]
        if np.linalg.norm(rest[following] - rest[chain[-1]]) < 1e-6:
            chain[-1] = following
        else:
            chain.append(following)
        if not children[following]:
            break
    return chain


def _twins(children: list[list[int]], rest: Array, bone: int) -> list[int]:
    """The two branches at a bone whose chains are the most alike in length, if they are."""
    chains = {b: _chain(children, rest, b) for b in _branches(children, bone)}
    lengths = {b: _length(rest, chain) for b, chain in chains.items()}
    pairs = [
        p for p in combinations(chains, 2) if len(chains[p[0]]) == len(chains[p[1]]) and min(lengths[b] for b in p)
    ]
    if not pairs:
        return []
    best = min(pairs, key=lambda p: (-min(len(chains[b]) for b in p), abs(np.log(lengths[p[0]] / lengths[p[1]]))))
    return list(best) if abs(np.log(lengths[best[0]] / lengths[best[1]])) < 0.1 else []


def _length(rest: Array, chain: list[int]) -> float:
    return float(sum(np.linalg.norm(rest[b] - rest[a]) for a, b in pairwise(chain)))

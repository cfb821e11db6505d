"""Body models through the smplx package: the licensed ones and the mannequin, loaded alike. Needs torch."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from solami import skeleton
from solami.body.geometry import Array, quaternion_to_axis_angle
from solami.body.model_files import clean_body_model
from solami.frames import MotionChunk


def load_body_model(path: Path, **options: Any) -> Any:
    """The smplx.SMPLX module of a body model file, hands as joint rotations from a flat hand.

    Args:
        path: a SMPL-X .npz, licensed or made by `write_body_model`; only numeric arrays of it are read.
        options: more arguments of `smplx.create`, such as `batch_size`.

    Raises:
        InputError: the file is not such a model.
    """
    import smplx

    with TemporaryDirectory() as folder:
        clean = clean_body_model(path, Path(folder))
        return smplx.create(str(clean), model_type="smplx", ext="npz", use_pca=False, flat_hand_mean=True, **options)


def body_surface(model: Any, motion: MotionChunk) -> tuple[Array, Array]:
    """Joints [T, 55, 3] and vertices [T, V, 3] in the world, metres, of a motion on a body model."""
    turns = quaternion_to_axis_angle(motion.rotations.astype(np.float64)).astype(np.float32)
    count = len(turns)
    body, fingers = skeleton.NUM_BODY_JOINTS, skeleton.FIRST_FINGER
    middle = fingers + skeleton.NUM_FINGER_JOINTS // 2
    with torch.no_grad():
        pelvis = (model.J_regressor @ model.v_template)[0]
        made = model(
            betas=torch.zeros(count, model.num_betas),
            expression=torch.zeros(count, model.num_expression_coeffs),
            global_orient=_flat(turns[:, :1]),
            body_pose=_flat(turns[:, 1:body]),
            jaw_pose=_flat(turns[:, body : body + 1]),
            leye_pose=_flat(turns[:, body + 1 : body + 2]),
            reye_pose=_flat(turns[:, body + 2 : body + 3]),
            left_hand_pose=_flat(turns[:, fingers:middle]),
            right_hand_pose=_flat(turns[:, middle:]),
            transl=torch.from_numpy(np.array(motion.translation)) - pelvis,
        )
    return made.joints[:, : len(skeleton.JOINTS)].numpy(), made.vertices.numpy()


def _flat(turns: Array) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(turns.reshape(len(turns), -1)))

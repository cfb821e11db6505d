"""The procedural idle: standing, breathing, swaying, never still. No gestures.

The pose is the median of the pack's standing clips; the noise has their spread (below, degrees) and a spectrum that
falls with the frequency as theirs does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solami import skeleton
from solami.body.geometry import Array

NOISE_CORNER_HZ, NOISE_FALL = 0.33, 1.25  # amplitude (1 + (f / corner)^2)^-fall: head, trunk and arms of nine clips
# joint -> degrees of standard deviation about x, y, z while standing, measured on the pack's standing clips
NOISE_DEG: dict[str, tuple[float, float, float]] = {
    "pelvis": (0.3, 0.7, 0.35),
    "spine1": (0.2, 0.15, 0.2),
    "spine2": (0.2, 0.15, 0.2),
    "spine3": (0.2, 0.15, 0.2),
    "neck": (0.4, 0.4, 0.35),
    "head": (0.6, 0.9, 0.4),
    "left_collar": (0.1, 0.3, 0.45),
    "right_collar": (0.1, 0.3, 0.45),
    "left_shoulder": (0.6, 0.9, 0.6),
    "right_shoulder": (0.6, 0.9, 0.6),
    "left_elbow": (0.6, 0.9, 0.2),
    "right_elbow": (0.6, 0.9, 0.2),
    "left_wrist": (1.3, 1.0, 0.9),
    "right_wrist": (1.3, 1.0, 0.9),
}
SWAY_M = (0.012, 0.0, 0.003)


@dataclass(frozen=True, slots=True)
class Style:
    """How one performer stands and moves."""

    pace: float  # of time; above 1 is faster
    amplitude: float
    overlap: float
    arm_out_deg: float  # hanging arms away from the body
    elbow_deg: float  # bend of hanging elbows
    stoop_deg: float
    stance_m: float  # ankle from the middle
    toe_out_deg: float
    breath_hz: float
    noise: float
    finger_curl: float


def draw_style(rng: np.random.Generator) -> Style:
    """An individual performer."""
    return Style(
        pace=float(rng.uniform(0.85, 1.18)),
        amplitude=float(rng.uniform(0.82, 1.15)),
        overlap=float(rng.uniform(0.5, 1.3)),
        arm_out_deg=float(rng.uniform(64, 73)),
        elbow_deg=float(rng.uniform(12, 28)),
        stoop_deg=float(rng.normal(0, 2)),
        stance_m=float(rng.uniform(0.085, 0.125)),
        toe_out_deg=float(rng.uniform(4, 13)),
        breath_hz=float(rng.uniform(0.2, 0.32)),
        noise=float(rng.uniform(0.7, 1.3)),
        finger_curl=float(rng.uniform(0.8, 1.3)),
    )


def coloured_noise(count: int, fps: float, width: int, rng: np.random.Generator) -> Array:
    """Noise [count, width] of unit spread whose spectrum falls above NOISE_CORNER_HZ."""
    length = max(count, round(16 * fps))  # long enough for the slowest sway
    frequency = np.fft.rfftfreq(length, 1 / fps)
    gain = (1 + (frequency / NOISE_CORNER_HZ) ** 2) ** -NOISE_FALL
    gain[0] = 0
    phase = rng.standard_normal((2, len(frequency), width))
    wave = np.fft.irfft((phase[0] + 1j * phase[1]) * gain[:, None], n=length, axis=0)
    return (wave / np.sqrt(2 * np.sum(gain**2) / length**2 * 2))[:count]


def standing_angles(style: Style) -> Array:
    """Axis-angle [55, 3] of the arms and trunk at rest; legs are solved from where the feet stand."""
    angles = np.zeros((55, 3))
    hang = {
        "shoulder": (0.0, -2.0, -style.arm_out_deg),
        "elbow": (0.0, -style.elbow_deg, -12.0),
        "wrist": (22.0, 0.0, -3.0),
    }
    for name, degrees in hang.items():
        x, y, z = np.radians(degrees)
        angles[skeleton.INDEX[f"left_{name}"]] = x, y, z
        angles[skeleton.INDEX[f"right_{name}"]] = x, -y, -z
    stoop = np.radians(style.stoop_deg)
    angles[skeleton.INDEX["spine2"], 0] += stoop
    angles[skeleton.INDEX["neck"], 0] -= stoop
    return angles


def idle_angles(time: Array, fps: float, style: Style, rng: np.random.Generator) -> Array:
    """Small turns [T, 55, 3], axis-angle, of breathing, sway and noise, to be added to any pose."""
    angles = np.zeros((len(time), 55, 3))
    names = list(NOISE_DEG)
    noise = coloured_noise(len(time), fps, 3 * len(names), rng).reshape(len(time), -1, 3)
    for i, name in enumerate(names):
        angles[:, skeleton.INDEX[name]] = np.radians(noise[:, i] * NOISE_DEG[name] * style.noise)
    breath = np.radians(np.sin(2 * np.pi * style.breath_hz * time + rng.uniform(0, 2 * np.pi)))
    for name, axis, degrees in (
        ("spine2", 0, -0.8),
        ("spine3", 0, -0.7),
        ("neck", 0, 1.1),
        ("left_collar", 2, 1.0),
        ("right_collar", 2, -1.0),
    ):
        angles[:, skeleton.INDEX[name], axis] += degrees * breath
    return angles


def idle_sway(count: int, fps: float, style: Style, rng: np.random.Generator) -> Array:
    """The pelvis's drift [T, 3] over standing feet, metres."""
    return coloured_noise(count, fps, 3, rng) * np.array(SWAY_M) * style.noise

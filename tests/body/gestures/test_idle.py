import numpy as np

from solami.body.gestures.idle import NOISE_DEG, coloured_noise, draw_style, idle_angles, idle_sway


def test_noise_has_unit_spread_and_a_falling_spectrum() -> None:
    """Its standard deviation is one over many seeds, and what is above one hertz is little."""
    noise = np.stack([coloured_noise(480, 30.0, 3, np.random.default_rng(seed)) for seed in range(60)])
    assert 0.85 < noise.std() < 1.15
    power = (np.abs(np.fft.rfft(noise * np.hanning(480)[None, :, None], axis=1)) ** 2).mean(axis=(0, 2))
    frequency = np.fft.rfftfreq(480, 1 / 30)
    assert power[frequency > 1].sum() < 0.03 * power.sum()


def test_the_idle_moves_as_much_as_measured() -> None:
    """The head's spread over seeds is near the table's, and everything stays small."""
    style = draw_style(np.random.default_rng(0))
    time = np.arange(480) / 30
    angles = np.stack([idle_angles(time, 30.0, style, np.random.default_rng(seed)) for seed in range(30)])
    head = np.degrees(angles[:, :, 15].std(axis=(0, 1)))
    np.testing.assert_allclose(head, np.array(NOISE_DEG["head"]) * style.noise, rtol=0.35)
    assert np.degrees(np.abs(angles).max()) < 12


def test_styles_differ_and_sway_is_small() -> None:
    """Two performers differ; neither drifts further than a few centimetres."""
    one, two = (draw_style(np.random.default_rng(seed)) for seed in (1, 2))
    assert one != two
    assert np.abs(idle_sway(300, 30.0, one, np.random.default_rng(0))).max() < 0.08

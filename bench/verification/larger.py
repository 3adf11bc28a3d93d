"""A numeric repository with 244 tests, some of which start processes, made by code."""

SIGNALS = '''
"""Signals: windows, spectra, filters, statistics."""

import json
import sys

import numpy as np


def window(size: int, kind: str = "hann") -> np.ndarray:
    if size < 1:
        raise ValueError("a window has a size")
    steps = np.arange(size) / max(1, size - 1)
    if kind == "hann":
        return 0.5 - 0.5 * np.cos(2 * np.pi * steps)
    if kind == "ramp":
        return steps
    raise ValueError(f"no window is called {kind}")


def spectrum(signal: np.ndarray) -> np.ndarray:
    return np.abs(np.fft.rfft(signal * window(len(signal))))


def peak(signal: np.ndarray, rate: float) -> float:
    lines = spectrum(signal)
    return float(np.argmax(lines) * rate / len(signal))


def smooth(signal: np.ndarray, width: int) -> np.ndarray:
    if width < 1 or width > len(signal):
        raise ValueError("the width does not fit the signal")
    return np.convolve(signal, np.ones(width) / width, mode="valid")


def solve(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.linalg.solve(matrix, right)


def summary(values: list[float]) -> dict[str, float]:
    array = np.asarray(values, dtype=float)
    return {"mean": float(array.mean()), "spread": float(array.std()), "largest": float(array.max())}


def main() -> int:
    print(json.dumps(summary([float(one) for one in sys.argv[1:]])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
'''

TESTS = """
import json
import subprocess
import sys

import numpy as np
import pytest

import signals


@pytest.mark.parametrize("size", range(1, 61))
def test_windows_stay_between_zero_and_one(size):
    for kind in ("hann", "ramp"):
        shape = signals.window(size, kind)
        assert len(shape) == size and shape.min() >= 0 and shape.max() <= 1


@pytest.mark.parametrize("line", range(3, 63))
def test_a_tone_is_found(line):
    steps = np.arange(4096) / 4096
    assert signals.peak(np.sin(2 * np.pi * line * steps), 4096) == pytest.approx(line)


@pytest.mark.parametrize("width", range(1, 51))
def test_smoothing_keeps_the_mean_of_a_constant(width):
    assert np.allclose(signals.smooth(np.full(2000, 7.0), width), 7.0)


@pytest.mark.parametrize("size", range(2, 42))
def test_systems_are_solved(size):
    matrix = np.random.default_rng(size).normal(size=(size * 4, size * 4))
    wanted = np.arange(size * 4, dtype=float)
    assert np.allclose(signals.solve(matrix, matrix @ wanted), wanted, atol=1e-6)


@pytest.mark.parametrize("width", [0, -1, 11, 100])
def test_a_width_that_does_not_fit_is_refused(width):
    with pytest.raises(ValueError):
        signals.smooth(np.ones(10), width)


@pytest.mark.parametrize("count", range(1, 21))
def test_summaries(count):
    told = signals.summary(list(range(count)))
    assert told["largest"] == count - 1 and told["mean"] == pytest.approx((count - 1) / 2)


@pytest.mark.parametrize("count", range(2, 12))
def test_the_command_tells_a_summary(count):
    done = subprocess.run(
        [sys.executable, "-m", "signals", *map(str, range(count))], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["largest"] == count - 1
"""

FILES: dict[str, bytes] = {
    "signals.py": SIGNALS.encode(),
    "tests/test_signals.py": TESTS.encode(),
    "requirements.txt": b"numpy\npytest\n",
    "pytest.ini": b"[pytest]\ntestpaths = tests\npythonpath = .\n",
}

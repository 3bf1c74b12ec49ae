"""What a call needs is there before the call: nothing is imported while somebody speaks."""

from __future__ import annotations

import subprocess
import sys


def test_the_fourier_transform_of_the_speaking_rate_is_loaded_with_the_rest() -> None:
    program = "import agent.preload, sys; print('numpy.fft._pocketfft' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("True")


def test_the_tables_of_the_first_word_are_there_before_it() -> None:
    from_framework = "from livekit.agents.tokenize._basic_hyphenator import _get_hyphenator as made"
    program = f"import agent.preload; {from_framework}; print(made.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("1")


def test_what_a_percentile_needs_is_loaded_with_the_rest() -> None:
    program = "import agent.preload, sys; print('numpy.ma' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("True")

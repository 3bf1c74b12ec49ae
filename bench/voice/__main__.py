"""`python -m bench.voice [--quick]`: how long a caller waits, beside a stock agent, as a table and a JSON file."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
import time
from pathlib import Path

from rich.console import Console

from bench.voice import questions
from bench.voice.figures import Figures
from bench.voice.measure import measure_hesitations, measure_memory, measure_turns
from bench.voice.scene import OURS, Scene, open_scene
from tests.e2e.speech import SpeechStudio
from tests.e2e.stack import REPOSITORY, Stack

TABLE_WIDTH = 150
OUT = REPOSITORY / "bench" / "out" / "voice.json"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.voice", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one call each, about two minutes; says little")
    parser.add_argument("--out", type=Path, default=OUT, help="where the JSON goes")
    arguments = parser.parse_args()
    console, figures = Console(), Figures()
    console.width = max(console.width, TABLE_WIDTH)
    folder = Path(tempfile.mkdtemp(prefix="vl-bench-"))
    folder.chmod(0o755)  # the database's own user passes through
    began = time.monotonic()
    try:
        studio = SpeechStudio(folder / "speech")
        studio.prepare([*questions.LENGTHS, *questions.HESITANT, questions.INTERRUPTION])
        with Stack(folder) as stack:
            figures.add("first_start_s", OURS, stack.started_in_s)
        with Stack(folder) as stack:
            figures.add("warm_start_s", OURS, stack.started_in_s)
            with open_scene(folder, stack) as scene:
                asyncio.run(measure(scene, studio, figures, console, quick=arguments.quick))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures.write(arguments.out)
    figures.show(console)
    console.print(f"{time.monotonic() - began:.0f} s; written to {arguments.out}")


async def measure(scene: Scene, studio: SpeechStudio, figures: Figures, console: Console, *, quick: bool) -> None:
    """All measurements, one after another."""
    console.print("turns: greeting, heard latency, interruption")
    await measure_turns(scene, studio, figures, calls=1 if quick else 3)
    console.print("hesitations: pauses in the middle of a sentence")
    sentences = questions.HESITANT[:1] if quick else questions.HESITANT
    await measure_hesitations(scene, studio, figures, sentences, questions.PAUSES_MS)
    console.print("memory: calls at the same time")
    await measure_memory(scene, studio, figures, calls=2 if quick else 3)


if __name__ == "__main__":
    main()

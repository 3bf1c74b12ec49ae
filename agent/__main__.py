"""``python -m agent start | console | selftest``: the worker, a conversation in the terminal, a spoken self-test."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from agent import forkserver
from agent.settings import WorkerSettings
from store.clock import pin_clock
from store.errors import VoiceLoopError
from store.log import configure

# a sentence vector is too small to share among threads, and waiting threads spin where calls need the cores
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> int:
    parser = argparse.ArgumentParser(prog="voiceloop worker", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="take calls")
    console = commands.add_parser("console", help="talk in the terminal, without a room")
    console.add_argument("--text", action="store_true", help="type instead of speaking")
    console.add_argument("--persona", default="", help="which persona answers")
    commands.add_parser("selftest", help="speak a sentence, hear it, answer it; prints one JSON line")
    arguments = parser.parse_args()
    try:
        pin_clock(os.environ)
        settings = WorkerSettings.from_environment(os.environ)
        if arguments.command == "console" and not arguments.text:
            from agent.spoken_console import speak

            return speak(settings, persona=arguments.persona)
        return asyncio.run(_run(arguments, settings))
    except VoiceLoopError as error:
        print(f"voiceloop: {error.message}", file=sys.stderr)  # noqa: T201 - a command line speaks to a person
        return 1
    except KeyboardInterrupt:
        return 0


async def _run(arguments: argparse.Namespace, settings: WorkerSettings) -> int:
    if arguments.command == "console":
        from agent.console import converse

        configure(pretty=True, level=30)
        return await converse(settings, persona=arguments.persona)
    if arguments.command == "selftest":
        from agent.selftest import selftest

        configure(pretty=True, level=40)
        return await selftest(settings)
    configure()
    settings.require_livekit()
    forkserver.begin()
    from agent.serving import serve

    return await serve(settings)


if __name__ == "__main__":
    sys.exit(main())

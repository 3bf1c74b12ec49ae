"""An engine process without a model, which misbehaves when asked. It chatters before it says that it is ready."""

import os
import signal
import sys
import threading
from collections.abc import Iterator

from agent.pipeline.engines.protocol import Frame
from agent.pipeline.engines.server import Handler, run_engine


def load() -> Handler:
    sys.stdout.write("a library says hello\n[1, 2]\n" + "x" * 200_000 + "\n")
    sys.stderr.write("y" * 200_000 + "\n")

    def handle(request: Frame) -> Iterator[Frame]:
        match request.header["op"]:
            case "hang":
                threading.Event().wait()
            case "freeze":
                os.kill(os.getpid(), signal.SIGSTOP)
            case "chatter":
                sys.stdout.write("z" * 1_000_000)
                sys.stdout.flush()
            case _:
                pass
        yield Frame({"pid": os.getpid()})

    return handle


if __name__ == "__main__":
    run_engine(load, 1)

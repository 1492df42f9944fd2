"""Processes that live and die together: one that ends, for whatever reason, takes the others with it.

A program of its own, which imports nothing of the site, for it stays as long as they do: its arguments are their
commands, with "--" between two.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

BETWEEN = "--"  # two commands
STOPPING_SECONDS = 25
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PR_SET_PDEATHSIG = 1  # from Linux's sys/prctl.h


def run_together(commands: Sequence[Sequence[str]], environment: Mapping[str, str], folder: Path) -> bool:
    """Run ``commands`` until we are told to stop or one of them ends, then stop the rest. True: we were told to.

    Each has a session of its own, so that Ctrl-C and a closed terminal reach only us and all are asked in the same way
    to finish what they are at.
    """
    asked = [_received(name) for name in SIGNALS]
    processes: list[subprocess.Popen] = []
    try:
        for command in commands:
            processes.append(
                subprocess.Popen(  # noqa: S603 - our own commands
                    command, env=environment, cwd=folder, start_new_session=True, preexec_fn=_end_with_parent  # noqa: PLW1509 - no threads yet
                )
            )  # fmt: skip
        while not any(asked) and all(process.poll() is None for process in processes):
            time.sleep(0.2)
    finally:
        _stop(processes)
    return any(asked)


def _received(name: signal.Signals) -> list[int]:
    """A list that is empty until the signal arrives."""
    received: list[int] = []
    if name != signal.SIGHUP or signal.getsignal(name) != signal.SIG_IGN:  # nohup means: go on without the terminal
        signal.signal(name, lambda number, _frame: received.append(number))
    return received


def _end_with_parent() -> None:
    """Linux only: have the kernel end this process when its parent dies without a chance to stop it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOPPING_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


def main(arguments: Sequence[str]) -> str | None:
    """Run the commands in ``arguments``; what went wrong, if something did."""
    commands: list[list[str]] = [[]]
    for word in arguments:
        commands.append([]) if word == BETWEEN else commands[-1].append(word)
    if run_together(commands, os.environ, Path.cwd()):
        return None
    return "The site or the worker stopped by itself; the other was stopped too."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Which executor is worth its start: how many cores there are, how many items, and whether this process may fork."""

import os
import sys
import threading

from promptstead.executors.executor import Executor, InProcess

FEW = 8
"""As many items of half a second's work are worth a fork."""
MANY = 2000
"""As many short items are done in this process, before new ones would have started."""


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def forks_for(count: int) -> Executor:
    """Return what does long work for *count* items, which need not be picklable as its results must.

    There are no forks where threads run, which a fork does not have, and none but on Linux, where system libraries
    bear it.
    """
    processes = min(usable_cores(), count // FEW)
    if processes < 2 or not sys.platform.startswith("linux") or threading.active_count() > 1:
        return InProcess()
    from promptstead.executors.forks import Forks

    return Forks(processes)


def pool_for(count: int) -> Executor:
    """Return what does short work for *count* items, or for more than that; it must be picklable."""
    processes = usable_cores()
    # where Python ignores its environment, new processes would import what lies in the current folder
    if processes < 2 or count <= MANY or (sys.flags.ignore_environment and not sys.flags.safe_path):
        return InProcess()
    from promptstead.executors.process_pool import ProcessPool

    return ProcessPool(processes)

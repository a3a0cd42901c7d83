"""Functions of users that judge answers: each in a process of its own, with a limit on time and on what it says.

Only what the configuration allows is run, and only from installed packages: a change under review brings no code along.
"""

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from promptstead.errors import PromptsteadError
from promptstead.model import Json
from promptstead.python_processes.line_process import LineProcess

MAX_BYTES = 64 * 1024
"""Most that a function may say of one answer, as JSON."""

_WORKER = r"""
import importlib, importlib.util, json, os, sys, sysconfig, threading, time
name, root = sys.argv[1], os.path.realpath(sys.argv[2])
out = os.fdopen(os.dup(1), "w", encoding="utf-8")
sink = os.open(os.devnull, os.O_WRONLY)
os.dup2(sink, 1); os.dup2(sink, 2)
def reply(**entry):
    out.write(json.dumps(entry) + "\n"); out.flush()
def inside(path, folder):
    return os.path.realpath(path).startswith(folder.rstrip(os.sep) + os.sep)
module, _, function = name.partition(":")
def end_with(parent):  # whoever started this one can be killed while the function takes its time
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)
threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
installed = [os.path.realpath(sysconfig.get_path(key)) for key in ("purelib", "platlib", "stdlib")]
try:
    spec = importlib.util.find_spec(module.partition(".")[0])
    if spec is None:
        reply(error="no module `%s` is installed" % module); sys.exit()
    places = [*(spec.submodule_search_locations or ()), *([spec.origin] if spec.has_location else ())]
    for place in places:
        if inside(place, root) and not any(inside(place, folder) for folder in installed):
            reply(error="`%s` lies in the tree under review; install it" % module); sys.exit()
    judge = importlib.import_module(module)
    for part in function.split("."):
        judge = getattr(judge, part)
except BaseException as error:
    if not isinstance(error, SystemExit):
        reply(error="it cannot be imported: %s: %s" % (type(error).__name__, str(error)[:200]))
    sys.exit()
reply(ready=True)
for line in sys.stdin:
    try:
        said = judge(json.loads(line))
        text = json.dumps(said)
        if len(text) > %d:
            reply(error="it said more than 64 KiB")
        else:
            reply(said=said)
    except BaseException as error:
        reply(error="it failed: %%s: %%s" %% (type(error).__name__, str(error)[:200]))
""".replace("%d", str(MAX_BYTES)).replace("%%", "%")

Run = Callable[[Json, float], Json]


class PythonChecks:
    """Runs the functions that *allowed* patterns name (``package.module:function``, ``*`` for any part).

    :param root: the tree under review, from which nothing is imported.
    """

    def __init__(self, allowed: Iterable[str], root: str) -> None:
        self._allowed = tuple(allowed)
        self._root = root
        self._workers: dict[str, LineProcess] = {}

    def __call__(self, function: str) -> Run:
        """Return what runs *function*: a payload and seconds -> what it says.

        What it returns raises PromptsteadError where the function fails, takes too long or says too much.

        :raises PromptsteadError: the configuration does not allow it.
        """
        if not any(fnmatchcase(function, pattern) for pattern in self._allowed):
            raise PromptsteadError(
                f"the function `{function}` is not allowed here",
                hint='allow it in the configuration: [policy] python_evaluators = ["package.module:*"]',
            )
        if function not in self._workers:
            arguments = ("-c", _WORKER, function, self._root)
            self._workers[function] = LineProcess(arguments, function, 4 * MAX_BYTES)
        return self._workers[function].ask

    def close(self) -> None:
        """End every process."""
        for worker in self._workers.values():
            worker.stop()

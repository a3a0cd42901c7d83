"""Starting Git, so that nothing of a repository is executed or written that is not asked for.

No hook, pager, external diff, text conversion, filter, file-system monitor, lazy fetch, replaced object or index
refresh, no bare repository that a tree brings along, and no program that lies in the tree; what Git prints is bounded.
Git is started directly: importing GitPython alone takes longer than most of what is asked here. What writes to Git goes
through it (:mod:`promptstead.git.writable_repository`), in the same environment.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import IO

from promptstead.errors import PromptsteadError, one_line
from promptstead.model import NOTHING

MAX_LISTING = 128 * 1024 * 1024
"""Longest list taken from Git, in bytes: about a million paths."""
KEPT_VARIABLES = re.compile(r"GIT_(EXEC_PATH|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+))")
QUIET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # an older Git does not know the line above, and has nobody to fetch from
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
}
OPTIONS = (
    "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.relative=false",
    "-c", "safe.bareRepository=explicit",
)  # fmt: skip


class Process:
    """A Git process that goes on; it ends with :meth:`end`, or when it is dropped.

    :param settings: further settings of Git, name -> value, which come before those of the repository.
    :raises PromptsteadError: Git is not installed.
    """

    def __init__(
        self,
        folder: str,
        arguments: tuple[str, ...],
        *,
        talks: bool = False,
        settings: Mapping[str, str] = NOTHING,
    ) -> None:
        self._popen = subprocess.Popen(
            [program(folder), *OPTIONS, *arguments],
            cwd=folder,
            env=environment(settings),
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if talks else subprocess.PIPE,  # nobody reads what a long talk complains of
        )

    def __del__(self) -> None:
        """End it."""
        if hasattr(self, "_popen"):
            self.end()

    @property
    def output(self) -> IO[bytes]:
        """Return what it prints."""
        assert self._popen.stdout is not None
        return self._popen.stdout

    @property
    def input(self) -> IO[bytes]:
        """Return what it reads, where it does."""
        assert self._popen.stdin is not None
        return self._popen.stdin

    @property
    def running(self) -> bool:
        """Tell whether it still runs."""
        return self._popen.poll() is None

    def wait(self) -> tuple[int, str]:
        """Return its exit code and what it complained of, once its output is read."""
        complaint = b"" if self._popen.stderr is None else self._popen.stderr.read(64 * 1024)
        self.output.close()
        code = self._popen.wait()
        self.end()
        return code, complaint.decode("utf-8", "replace")

    def end(self) -> None:
        """End it, whatever it does."""
        if self._popen.poll() is None:
            self._popen.kill()
        for stream in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._popen.wait()


def program(folder: str, name: str = "git", install: str = "") -> str:
    """Return the Git that is started in *folder*: the first on the ``PATH`` that lies neither there nor below.

    An entry that is empty or no absolute path would be looked for in the current folder, so that it does not count.

    :param name: another program to look for, and *install* how to get it.
    :raises PromptsteadError: there is none.
    """
    file = f"{name}.exe" if sys.platform == "win32" else name
    found = _program(os.environ.get("PATH", os.defpath), os.path.realpath(folder), file)
    if not found:
        called = "Git" if name == "git" else name
        raise PromptsteadError(
            f"{called} is not installed", hint=install or "install it, and make sure that it is on the PATH"
        )
    return found


@lru_cache(maxsize=16)
def _program(path: str, folder: str, file: str) -> str:
    below = folder + os.sep if folder != os.sep else ""  # everything lies below the root
    for place in filter(os.path.isabs, path.split(os.pathsep)):
        found = os.path.join(place, file)
        foreign = below and any(os.path.realpath(each).startswith(below) for each in (os.path.join(place, "x"), found))
        if os.path.isfile(found) and os.access(found, os.X_OK) and not foreign:
            return found
    return ""


def environment(settings: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """Return the environment for Git: nothing that Git exports to hooks (``GIT_DIR``, ``GIT_INDEX_FILE``…).

    It would lead to another repository. In a hook the working tree is what is looked at, so nothing of it is needed.
    What is kept follows pre-commit's ``no_git_env``. *settings* go behind those that are there.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or KEPT_VARIABLES.fullmatch(name)
    }
    if settings:
        given = kept.get("GIT_CONFIG_COUNT", "")
        count = int(given) if given.isdecimal() else 0
        kept["GIT_CONFIG_COUNT"] = str(count + len(settings))
        for number, (name, value) in enumerate(settings.items(), count):
            kept[f"GIT_CONFIG_KEY_{number}"], kept[f"GIT_CONFIG_VALUE_{number}"] = name, value
    return kept | QUIET


def without_filters(folder: str) -> dict[str, str]:
    """Return the settings under which Git compares files of the working tree as they are.

    Otherwise it runs the programs of ``filter.*``, over those files that ``.gitattributes`` of the tree names.

    :raises PromptsteadError: Git does not say which there are.
    """
    status, out, complaint = run(folder, "config", "--null", "--name-only", "--get-regexp", r"^filter\.")
    if status > 1:  # 1: there is none
        raise refusal(complaint, folder)
    settings: dict[str, str] = {}
    for name in out.split("\0"):
        driver, dot, _ = name.rpartition(".")
        if dot:
            settings |= {f"{driver}.clean": "", f"{driver}.process": "", f"{driver}.required": "false"}
    return settings


def run(folder: str, *arguments: str) -> tuple[int, str, str]:
    """Return the exit code of a Git command, what it printed, and what it complained of; both stripped.

    :raises PromptsteadError: Git is not installed.
    """
    done = subprocess.run(
        [program(folder), *OPTIONS, *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode, os.fsdecode(done.stdout).strip("\n"), done.stderr.decode("utf-8", "replace").strip()


def ask(folder: str, *arguments: str) -> str:
    """Return what a Git command printed.

    :raises PromptsteadError: it failed.
    """
    status, out, complaint = run(folder, *arguments)
    if status:
        raise refusal(complaint, folder)
    return out


def listing(folder: str, *arguments: str, settings: Mapping[str, str] = NOTHING) -> list[str]:
    """Return NUL-separated output as strings; bytes that are not UTF-8 are kept as :func:`os.fsdecode` does.

    :param settings: further settings of Git, name -> value.
    :raises PromptsteadError: it failed, or is too long.
    """
    process = Process(folder, arguments, settings=settings)
    out = process.output.read(MAX_LISTING + 1)
    if len(out) > MAX_LISTING:
        process.end()
        raise PromptsteadError(
            "there are more files than promptstead can read", hint="it reads at most about a million"
        )
    status, complaint = process.wait()
    if status:
        raise refusal(complaint, folder)
    return [os.fsdecode(field) for field in out.split(b"\0")[:-1]]


def refusal(complaint: str, folder: str) -> PromptsteadError:
    """Return the error that a complaint of Git is."""
    if "dubious ownership" in complaint:
        hint = f"if you trust it: `git config --global --add safe.directory {folder}`"
        return PromptsteadError(f"Git refuses to open {folder}: it belongs to another user", hint=hint)
    reason = complaint.strip().partition("\n")[0].removeprefix("fatal: ")
    return PromptsteadError(f"Git failed: {one_line(reason) or 'it gave no reason'}")

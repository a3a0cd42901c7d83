"""The program of the process in which the evaluators, rules and formats of packages run; it is started by its path.

Its first line lists the entry points of every installed package, none of which is imported for it. Then it answers
lines: what a plug-in is, what it says of an answer, a prompt or a document. Nothing is imported from the tree.
"""

import importlib.metadata
import importlib.util
import inspect
import json
import os
import re
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import islice
from typing import Any

from promptstead.extend import Answer, Case, Evaluator, Finding, Format, Prompt, Result, Rule, Text

GROUPS: Mapping[str, type] = {"evaluators": Evaluator, "rules": Rule, "formats": Format}
PREFIX = "promptstead."
MAX_FINDINGS = 1_000
MAX_SAID = {"judge": 64 * 1024, "check": 4 * 1024 * 1024, "render": 16 * 1024 * 1024}
"""Characters of what a plug-in may say, as JSON."""
MAX_ABOUT = 256 * 1024
MAX_TEXT = 2_000
"""Characters of a message, a hint, a reason or a label that are handed on."""
_STAGES = ("edit", "review", "release")
_LEVELS = ("error", "warning", "note")

Found = dict[tuple[str, str, str], importlib.metadata.EntryPoint]
"""Group, name and package -> entry point."""


class Program:
    """What the lines ask for.

    :param root: the tree under review, from which nothing is imported.
    """

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self._found: Found = {}
        self._versions: dict[str, str] = {}
        self._loaded: dict[tuple[str, str, str], Any] = {}
        self._look()

    def _look(self) -> None:
        for distribution in importlib.metadata.distributions():
            points = [each for each in distribution.entry_points if each.group.startswith(PREFIX)]
            if not points or self._of_the_tree(str(distribution.locate_file(""))):
                continue  # to read what the others are called takes longer than all else here
            package = re.sub(r"[-_.]+", "-", distribution.metadata["Name"] or "").lower()
            if package in self._versions:
                continue  # the first on the path is the one that is imported
            self._versions[package] = distribution.version
            for point in points:
                if (group := point.group.removeprefix(PREFIX)) in GROUPS:
                    self._found[group, point.name, package] = point

    def entries(self) -> list[list[str]]:
        """Return group, name, package and version of what packages bring."""
        return [[*key, self._versions[key[2]]] for key in sorted(self._found)]

    def answer(self, asked: dict[str, Any]) -> Any:
        """Return what a line asks for."""
        if asked["do"] == "stamp":
            return self._stamp(asked["package"])
        key = (asked["group"], asked["name"], asked["package"])
        if key not in self._loaded:
            self._loaded[key] = self._load(GROUPS[asked["group"]], self._found[key])
        return ANSWERS[asked["do"]](self._loaded[key], asked)

    def _load(self, kind: type, point: importlib.metadata.EntryPoint) -> Any:
        self._refuse_the_tree(point.module)
        plugin = point.load()
        if not isinstance(plugin, kind):
            raise TypeError(f"{point.value} is not a {kind.__name__} of promptstead.extend")
        return plugin

    def _refuse_the_tree(self, module: str) -> None:
        top = module.partition(".")[0]
        for place in self._places(top):
            if self._of_the_tree(place):
                raise ImportError(f"`{top}` lies in the tree under review; install it")

    @staticmethod
    def _places(module: str) -> list[str]:
        spec = importlib.util.find_spec(module)
        if spec is None:
            raise ImportError(f"no module `{module}` is installed")
        return [*(spec.submodule_search_locations or ()), *([spec.origin] if spec.has_location and spec.origin else ())]

    def _of_the_tree(self, path: str) -> bool:
        installed = [os.path.realpath(sysconfig.get_path(key)) for key in ("purelib", "platlib", "stdlib")]
        return _inside(path, self._root) and not any(_inside(path, folder) for folder in installed)

    def _stamp(self, package: str) -> str:
        """Return the digest of name, size and time of each file of the modules that *package* brings something in."""
        hashed = blake2b(self._versions[package].encode(), digest_size=16)
        modules = {point.module.partition(".")[0] for key, point in self._found.items() if key[2] == package}
        for module in sorted(modules):
            for path in sorted(set(_files(self._places(module)))):
                status = os.stat(path)
                hashed.update(f"{path}:{status.st_size}:{status.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
        return hashed.hexdigest()


def _inside(path: str, folder: str) -> bool:
    return (os.path.realpath(path) + os.sep).startswith(folder.rstrip(os.sep) + os.sep)


def _files(places: list[str]) -> Iterator[str]:
    for place in places:
        if os.path.isfile(place):
            yield place
        for folder, folders, names in os.walk(place):
            folders[:] = [name for name in folders if name != "__pycache__"]
            yield from (os.path.join(folder, name) for name in names)


def describe(plugin: Evaluator | Rule | Format, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what the author says of a plug-in, of the right kinds."""
    about: dict[str, Any] = {"summary": str(plugin.summary)}
    if isinstance(plugin, Evaluator):
        if plugin.better not in ("higher", "lower"):
            raise ValueError(f"`better` is {plugin.better!r}; expected higher or lower")
        deterministic = bool(plugin.deterministic)
        about |= {"options": dict(plugin.options), "better": plugin.better, "deterministic": deterministic}
    elif isinstance(plugin, Rule):
        given = plugin.levels
        levels: dict[Any, Any] = dict.fromkeys(_STAGES, given) if isinstance(given, str) else dict(given)
        if not set(levels) <= set(_STAGES) or not set(levels.values()) <= set(_LEVELS) or not levels:
            raise ValueError(f"`levels` is {levels!r}; expected a level, or stage -> level")
        about |= {"name": str(plugin.name), "levels": levels, "page": inspect.getdoc(plugin.check) or plugin.summary}
    else:
        about["documents"] = [str(document) for document in plugin.documents]
    return about


def judge(plugin: Evaluator, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what an evaluator says of one answer."""
    answer = asked["answer"]
    view = Answer(answer["text"], answer["finish_reason"], tuple(answer["tool_calls"]))
    said = plugin.judge(view, asked["options"], _case(asked["case"]))
    result = said if isinstance(said, Result) else Result(said)
    value = result.value[:MAX_TEXT] if isinstance(result.value, str) else result.value
    return {"value": value, "reason": _text(result.reason)}


def check(plugin: Rule, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a rule finds in one prompt: of much the first findings, and one that says so."""
    prompt = asked["prompt"]
    texts = tuple(Text(**text | {"at": tuple(text["at"])}) for text in prompt["texts"])
    view = Prompt(**prompt | {"texts": texts, "cases": tuple(map(_case, prompt["cases"]))})
    found = list(islice(plugin.check(view), MAX_FINDINGS + 1))
    if len(found) > MAX_FINDINGS:
        found[-1] = Finding(f"more than {MAX_FINDINGS:,} findings; the rest was not looked for")
    return [_finding(each) for each in found]


def render(plugin: Format, asked: dict[str, Any]) -> str:
    """Return a document as a format writes it."""
    text = plugin.render(asked["document"])
    if not isinstance(text, str):
        raise TypeError(f"it returned {type(text).__name__}, not text")
    return text


ANSWERS: Mapping[str, Any] = {"describe": describe, "judge": judge, "check": check, "render": render}


def _case(entry: dict[str, Any]) -> Case:
    return Case(**entry | {"tags": tuple(entry["tags"])})


def _finding(found: Finding) -> dict[str, Any]:
    if not isinstance(found, Finding):
        raise TypeError(f"it returned {type(found).__name__}, not a Finding of promptstead.extend")
    at = [step if isinstance(step, int) else str(step) for step in found.at]
    place = {"start": int(found.start), "end": None if found.end is None else int(found.end)}
    return {"message": _text(found.message), "hint": _text(found.hint), "at": at, "partial": str(found.partial)} | place


def _text(text: object) -> str:
    return text[:MAX_TEXT] if isinstance(text, str) else str(text)[:MAX_TEXT]


def _end_with(parent: int) -> None:
    """End when whoever started this process does, which can be killed while a plug-in takes its time."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


def main() -> None:
    """Answer lines until there are no more."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)

    def reply(**entry: Any) -> None:
        out.write(json.dumps(entry) + "\n")
        out.flush()

    program = Program(sys.argv[1])
    reply(ready=True, entries=program.entries())
    for line in sys.stdin:
        try:
            asked = json.loads(line)
            text = json.dumps(program.answer(asked))
            most = MAX_SAID.get(asked["do"], MAX_ABOUT)
            if len(text) > most:
                reply(error=f"it said more than {most // 1024:,} KiB")
                continue
            out.write(f'{{"said": {text}}}\n')
            out.flush()
        except BaseException as error:
            what = "it cannot be imported" if isinstance(error, ImportError) else "it failed"
            reply(error=f"{what}: {type(error).__name__}: {str(error)[:200]}")


if __name__ == "__main__":
    main()

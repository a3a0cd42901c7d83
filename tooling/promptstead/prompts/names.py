"""Where the prompts of a tree lie, and what they are called."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from promptstead.config.settings import Config, Root
from promptstead.documents.yaml_reader import read
from promptstead.errors import PromptsteadError
from promptstead.model import Json, Problem, Tree
from promptstead.words.sentence import say

SUFFIXES = (".prompt.yml", ".prompt.yaml")
GITHUB_MODELS_ROOT = ".github/prompts"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


class Names:
    """The paths and ids of the prompts of one tree under one configuration; no file is read but to find a former id."""

    def __init__(self, tree: Tree, config: Config) -> None:
        self.tree = tree
        self.config = config
        self._paths: list[str] | None = None
        self._ids: dict[str, str | None] = {}
        """Id or former id -> path, as far as asked for; None where there is no such prompt."""

    def roots(self) -> tuple[Root, ...]:
        """Return the prompt roots; without a setting also the folder where GitHub Models kept prompts."""
        return (*self.config.roots, Root(GITHUB_MODELS_ROOT)) if self.config.default_roots else self.config.roots

    def paths(self) -> list[str]:
        """Return the path of every prompt file below the roots, sorted."""
        if self._paths is None:
            found = {path for root in self.roots() for path in self.tree.files(root.path) if path.endswith(SUFFIXES)}
            self._paths = sorted(path for path in found if not self.excluded(path))
        return self._paths

    def excluded(self, path: str) -> bool:
        """Tell whether the configuration excludes the file *path*."""
        return any(fnmatchcase(path, pattern) for pattern in self.config.exclude)

    def root_of(self, path: str) -> Root:
        """Return the root that *path* lies in; for a file outside every root, the top of the repository."""
        inside = self._roots_around(path)
        return max(inside, key=lambda root: len(root.path)) if inside else Root("")

    def _roots_around(self, path: str) -> list[Root]:
        return [root for root in self.roots() if not root.path or path.startswith(root.path + "/")]

    def id_of(self, path: str) -> str:
        """Return the id of the prompt file *path*: its path below the root, no suffix, after the root's namespace."""
        root = self.root_of(path)
        name = path[len(root.path) + 1 :] if root.path else path
        for suffix in (*SUFFIXES, ".yml", ".yaml"):
            if name.endswith(suffix):
                name = name[: -len(suffix)]
                break
        return f"{root.namespace}/{name}" if root.namespace else name

    def find(self, name: str) -> str | None:
        """Return the path of the prompt with the id *name*, or with that former id; None where there is none."""
        if not self._ids:
            self._ids = {self.id_of(path): path for path in reversed(self.paths())}
        if name not in self._ids:
            found = (path for path in self.paths() if name in self._aliases(path, name))
            self._ids[name] = next(found, None)
        return self._ids[name]

    def _aliases(self, path: str, wanted: str) -> list[Json]:
        """Return the former ids of the prompt file *path*; none where it does not hold *wanted* or cannot be read."""
        try:
            raw = self.tree.read(path)
        except PromptsteadError:
            return []
        if raw is None or wanted.encode("utf-8", "surrogateescape") not in raw:
            return []
        data = read(raw, path).data
        aliases = data.get("aliases") if isinstance(data, dict) else None
        return aliases if isinstance(aliases, list) else []

    def companion_path(self, path: str, name: str) -> str:
        """Return where the file *name* of the prompt file *path* lies: in the folder of the same name beside it."""
        return companion_path(path, name)

    def name_problems(self, prompt_id: str, path: str) -> Iterator[Problem]:
        """Yield what is wrong with the id of the prompt file *path*: it is none, or another file gives the same."""
        if path.endswith(SUFFIXES) and self._roots_around(path) and not _ID.fullmatch(prompt_id):
            yield Problem("SCH004", say("files.no-id", id=prompt_id), hint=say("files.rename-file"))
        for twin in self.twins(prompt_id, path):
            if self._exists(twin):
                message = say("files.same-id", file=twin, id=prompt_id)
                yield Problem("SCH004", message, hint=say("files.keep-one-file"))

    def twins(self, prompt_id: str, path: str) -> Iterator[str]:
        """Yield the paths of other files that would give the same id: another suffix, another root."""
        if not path.endswith(SUFFIXES):
            return
        roots = self.roots() if self._roots_around(path) else (Root(""),)
        for root in dict.fromkeys(roots):
            space = f"{root.namespace}/" if root.namespace else ""
            if prompt_id.startswith(space):
                stem = f"{root.path}/{prompt_id[len(space) :]}".lstrip("/")
                for twin in (stem + suffix for suffix in SUFFIXES):
                    if twin != path and self.id_of(twin) == prompt_id and not self.excluded(twin):
                        yield twin

    def _exists(self, path: str) -> bool:
        try:
            return self.tree.read(path) is not None
        except PromptsteadError:
            return True


def companion_path(path: str, name: str) -> str:
    """Return where the file *name* of the prompt file *path* lies: in the folder of the same name beside it."""
    stem = next((path[: -len(suffix)] for suffix in (*SUFFIXES, ".yml", ".yaml") if path.endswith(suffix)), path)
    return f"{stem}/{name}"


def below(folder: str, name: str) -> str | None:
    """Return *name* below *folder*, or None where it would leave it."""
    if not name or name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/"):
        return None
    folder = folder.rstrip("/")
    return f"{folder}/{name}" if folder else name

"""The settings as ``init`` writes them, and whether one still is that."""

import json
import os
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from promptstead.config.file import STANDALONE
from promptstead.lint.baseline import DEFAULT_FILE
from promptstead.operations.setup.skeletons import SKELETONS


def settings_text(roots: Sequence[dict[str, str]], *, baseline: bool) -> str:
    """Return the text of the configuration; a root has a ``path``, and a ``namespace`` where it needs one."""
    with open(os.path.join(SKELETONS, STANDALONE), encoding="utf-8") as file:
        text = file.read().replace("{{ roots }}", f"[{', '.join(map(_shown, roots))}]")
    return text.replace("{{ baseline }}", f'baseline = "{DEFAULT_FILE}"' if baseline else "").rstrip() + "\n"


def is_unchanged(text: str) -> bool:
    """Tell whether a configuration is what this version's ``init`` writes for the roots in it."""
    try:
        table = tomllib.loads(text)
        roots = [root if isinstance(root, dict) else {"path": root} for root in table["roots"]]
        expected = settings_text(roots, baseline="baseline" in table["lint"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return text.replace("\r\n", "\n") == expected


def names_baseline(text: str) -> bool:
    """Tell whether a configuration names the baseline that ``init`` writes, or may: what is not TOML may."""
    return DEFAULT_FILE in text


def proposed_roots(prompts: Sequence[str]) -> list[dict[str, str]]:
    """Return the roots for a repository with *prompts*: with namespaces where two prompts would have one id."""
    roots = prompt_folders(prompts) or ["prompts"]
    ids = Counter(
        path.removeprefix(root).lstrip("/").rsplit(".prompt.", 1)[0]
        for path in prompts
        for root in [max((each for each in roots if f"{path}/".startswith(f"{each}/")), key=len, default="")]
    )
    if max(ids.values(), default=0) < 2:
        return [{"path": root} for root in roots]
    return [{"path": root, "namespace": _namespace(root)} for root in roots]


def prompt_folders(paths: Sequence[str]) -> list[str]:
    """Return the folders to take as roots.

    For each prompt it is the path down to its first folder called ``prompts``, else the prompt's own folder.
    """
    roots: set[str] = set()
    for path in paths:
        folders = path.split("/")[:-1]
        depth = folders.index("prompts") + 1 if "prompts" in folders else len(folders)
        roots.add("/".join(folders[:depth]))
    return sorted(
        root
        for root in roots
        if not any(root != other and f"{root}/".startswith(f"{other}/" if other else "") for other in roots)
    )


def _namespace(root: str) -> str:
    folders = (folder for folder in root.split("/") if folder not in ("prompts", ".github"))
    return ".".join(re.sub(r"[^A-Za-z0-9._-]", "-", folder) for folder in folders).strip(".")


def _shown(root: dict[str, Any]) -> str:
    if "namespace" not in root:
        return json.dumps(root["path"], ensure_ascii=False)
    shown = ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in root.items())
    return f"{{ {shown} }}"

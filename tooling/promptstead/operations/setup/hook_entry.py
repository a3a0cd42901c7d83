"""The entry of promptstead's hooks in ``.pre-commit-config.yaml``.

A local one: the hooks run the promptstead that is installed, as the editor and the job do, and no address is needed.
"""

import re
from collections.abc import Iterator, Sequence

from promptstead.documents.owned_list import Layout, OwnedList, rendered
from promptstead.errors import PromptsteadError
from promptstead.git.hook_program import CONFIG
from promptstead.model import Json

IDS = ("promptstead-fmt", "promptstead-lint", "promptstead-check")
LIST = "repos"
_PROMPTS = r"\.prompt\.ya?ml$"


def entry(below: str) -> dict[str, Json]:
    """Return the entry; *below* is a pattern of the folders with prompts, such as ``^prompts/``, or empty."""
    also = f"|{below}" if below else ""
    beside = f"|{below}.+/(cases|outputs)\\.ya?ml$" if below else ""
    fmt, lint, check = (name.replace("-", " ") for name in IDS)
    settings = r"|^(promptstead|pyproject)\.toml$"
    return {
        "repo": "local",
        "hooks": [
            _hook(IDS[0], fmt, _PROMPTS + beside),
            _hook(IDS[1], lint, _PROMPTS + also),
            _hook(IDS[2], check, _PROMPTS + also + settings, pass_filenames=False),
        ],
    }


def _hook(name: str, command: str, files: str, **more: Json) -> dict[str, Json]:
    return {"id": name, "name": command, "entry": command, "language": "system", "files": files, **more} | {
        "require_serial": True
    }


def folders_pattern(roots: Sequence[str]) -> str:
    """Return the pattern of what lies in *roots*; empty where one of them is the top of the repository."""
    if not roots or "" in roots:
        return ""
    escaped = [re.sub(r"([^\w/ -])", r"\\\1", root) for root in roots]
    return f"^{escaped[0]}/" if len(escaped) == 1 else f"^({'|'.join(escaped)})/"


def with_hooks(text: str | None, roots: Sequence[str]) -> str | None:
    """Return the configuration of pre-commit with the hooks; as it is where it has any of them, or where there is none.

    :raises PromptsteadError: it cannot be added to without changing what is there; nothing may be written then.
    """
    if text is None:
        return None
    below = folders_pattern(roots)
    if not _content(text):
        return _begun(text, below)
    hooks = OwnedList(text, LIST, CONFIG)
    return text if any(_has_ours(each) for each in hooks.entries) else hooks.with_entry(entry(below))


def begun(roots: Sequence[str]) -> str:
    """Return a configuration of pre-commit that has the hooks and nothing else."""
    return _begun(None, folders_pattern(roots))


def has_hooks(text: str) -> bool:
    """Tell whether the configuration has any of the hooks.

    :raises PromptsteadError: it cannot be read.
    """
    return bool(_content(text)) and any(_has_ours(each) for each in OwnedList(text, LIST, CONFIG).entries)


def without_hooks(text: str) -> str | None:
    """Return the configuration without the hooks as ``init`` writes them, None where nothing is left of the file.

    :raises PromptsteadError: it has the hooks, and a person changed them or wrote them otherwise.
    """
    found = _own(text)
    if found is None:
        return text
    hooks, index, below = found
    lines = rendered(entry(below), hooks.layout)
    candidates: list[str | None] = list(hooks.without_lines(index, len(lines)))
    if len(hooks.entries) == 1:
        candidates = [None, *_unbegun(text, lines), *candidates]
    return next((rest for rest in candidates if _gives(rest, below, text)), candidates[-1])


def refreshed(text: str, roots: Sequence[str]) -> str:
    """Return the configuration with the hooks as they are written now, where it has them as ``init`` writes them.

    :raises PromptsteadError: it has the hooks, and a person changed them or wrote them otherwise.
    """
    found = _own(text)
    if found is None:
        return text
    hooks, index, below = found
    count = len(rendered(entry(below), hooks.layout))
    return hooks.with_lines(index, count, rendered(entry(folders_pattern(roots)), hooks.layout))


def _own(text: str) -> tuple[OwnedList, int, str] | None:
    """Return the list with the entry of ours, its place there, and the pattern of folders that it is made for.

    :raises PromptsteadError: the hooks are there in another form.
    """
    if not has_hooks(text):
        return None
    hooks = OwnedList(text, LIST, CONFIG)
    those = [index for index, each in enumerate(hooks.entries) if _has_ours(each)]
    below = _below(hooks.entries[those[0]])
    if len(those) == 1 and below is not None:
        lines = rendered(entry(below), hooks.layout)
        if hooks.lines_of(those[0], len(lines)) == lines:
            return hooks, those[0], below
    raise PromptsteadError("the hooks are not as init writes them, so they were left as they are", location=CONFIG)


def _below(each: Json) -> str | None:
    """Return the pattern of folders that an entry of ours is made for; None where it is none of ours."""
    try:
        files = each["hooks"][1]["files"]
        found = re.fullmatch(re.escape(_PROMPTS) + r"(?:\|(\^.+/))?", files)
        return (found[1] or "") if found and each == entry(found[1] or "") else None
    except (LookupError, TypeError):
        return None


def _has_ours(each: Json) -> bool:
    hooks = each.get("hooks") if isinstance(each, dict) else None
    return any(isinstance(hook, dict) and hook.get("id") in IDS for hook in (hooks if isinstance(hooks, list) else ()))


def _gives(rest: str | None, below: str, text: str) -> bool:
    """Tell whether adding the entry to *rest* makes *text* of it."""
    try:
        if rest is None or not _content(rest):
            return _begun(rest, below).replace("\r\n", "\n") == text.replace("\r\n", "\n")
        return OwnedList(rest, LIST, CONFIG).with_entry(entry(below)) == text
    except PromptsteadError:
        return False


def _begun(text: str | None, below: str) -> str:
    newline = "\r\n" if "\r\n" in (text or "") else "\n"
    made = newline.join((f"{LIST}:", *rendered(entry(below), Layout())))
    if text is None:
        return made + newline
    return text + made + newline if text.endswith("\n") else text + (newline if text else "") + made


def _unbegun(text: str, lines: list[str]) -> Iterator[str]:
    """Yield the text without the list and its only entry, which are its end."""
    newline = "\r\n" if "\r\n" in text else "\n"
    made = newline.join((f"{LIST}:", *lines))
    for end in (made + newline, newline + made, made):
        if text.endswith(end):
            yield text.removesuffix(end)


def _content(text: str) -> bool:
    """Tell whether a text has more than comments."""
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.lstrip("\ufeff").splitlines())

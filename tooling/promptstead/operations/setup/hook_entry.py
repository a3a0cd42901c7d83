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
_SETTINGS = r"|^(promptstead|pyproject)\.toml$"


def entry(below: str, *, former: bool = False) -> dict[str, Json]:
    """Return the entry; *below* is a pattern of the folders with prompts, such as ``^prompts/``, or empty.

    :param former: as the first release wrote it, whose hooks said what is wrong twice.
    """
    also = f"|{below}" if below else ""
    beside = f"|{below}.+/(cases|counterexamples|outputs|notes)\\.ya?ml$" if below else ""
    options = ("", "", "") if former else (" --skip-invalid", "", " --no-lint")
    files = (_PROMPTS + beside, _PROMPTS + also + ("" if former else _SETTINGS), _PROMPTS + also + _SETTINGS)
    more: tuple[dict[str, Json], ...] = ({}, {}, {"pass_filenames": False})
    return {
        "repo": "local",
        "hooks": [_hook(*each) for each in zip(IDS, options, files, more, strict=True)],
    }


def _hook(name: str, options: str, files: str, more: dict[str, Json]) -> dict[str, Json]:
    command = name.replace("-", " ")
    return (
        {"id": name, "name": command, "entry": command + options, "language": "system", "files": files}
        | more
        | {"require_serial": True}
    )


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
        return _begun(text, entry(below))
    hooks = OwnedList(text, LIST, CONFIG)
    return text if any(_has_ours(each) for each in hooks.entries) else hooks.with_entry(entry(below))


def begun(roots: Sequence[str]) -> str:
    """Return a configuration of pre-commit that has the hooks and nothing else."""
    return _begun(None, entry(folders_pattern(roots)))


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
    hooks, index, ours = found
    lines = rendered(ours, hooks.layout)
    candidates: list[str | None] = list(hooks.without_lines(index, len(lines)))
    if len(hooks.entries) == 1:
        candidates = [None, *_unbegun(text, lines), *candidates]
    return next((rest for rest in candidates if _gives(rest, ours, text)), candidates[-1])


def refreshed(text: str, roots: Sequence[str]) -> str:
    """Return the configuration with the hooks as they are written now, where it has them as ``init`` writes them.

    :raises PromptsteadError: it has the hooks, and a person changed them or wrote them otherwise.
    """
    found = _own(text)
    if found is None:
        return text
    hooks, index, ours = found
    count = len(rendered(ours, hooks.layout))
    return hooks.with_lines(index, count, rendered(entry(folders_pattern(roots)), hooks.layout))


def _own(text: str) -> tuple[OwnedList, int, dict[str, Json]] | None:
    """Return the list with the entry of ours, its place there, and the entry.

    :raises PromptsteadError: the hooks are there in another form.
    """
    if not has_hooks(text):
        return None
    hooks = OwnedList(text, LIST, CONFIG)
    those = [index for index, each in enumerate(hooks.entries) if _has_ours(each)]
    ours = _written_by_us(hooks.entries[those[0]])
    if len(those) == 1 and ours is not None:
        lines = rendered(ours, hooks.layout)
        if hooks.lines_of(those[0], len(lines)) == lines:
            return hooks, those[0], ours
    raise PromptsteadError("the hooks are not as init writes them, so they were left as they are", location=CONFIG)


def _written_by_us(each: Json) -> dict[str, Json] | None:
    """Return an entry as we write it, now or formerly; None where it is none of ours."""
    try:
        files = each["hooks"][1]["files"].removesuffix(_SETTINGS)
        found = re.fullmatch(re.escape(_PROMPTS) + r"(?:\|(\^.+/))?", files)
        written = [entry(found[1] or "", former=former) for former in (False, True)] if found else []
        return next((ours for ours in written if each == ours), None)
    except (LookupError, TypeError, AttributeError):
        return None


def _has_ours(each: Json) -> bool:
    hooks = each.get("hooks") if isinstance(each, dict) else None
    return any(isinstance(hook, dict) and hook.get("id") in IDS for hook in (hooks if isinstance(hooks, list) else ()))


def _gives(rest: str | None, ours: dict[str, Json], text: str) -> bool:
    """Tell whether adding the entry to *rest* makes *text* of it."""
    try:
        if rest is None or not _content(rest):
            return _begun(rest, ours).replace("\r\n", "\n") == text.replace("\r\n", "\n")
        return OwnedList(rest, LIST, CONFIG).with_entry(ours) == text
    except PromptsteadError:
        return False


def _begun(text: str | None, ours: dict[str, Json]) -> str:
    newline = "\r\n" if "\r\n" in (text or "") else "\n"
    made = newline.join((f"{LIST}:", *rendered(ours, Layout())))
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

"""Linting as ``lint``, ``check`` and ``init`` do it: rules, then the baseline."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from promptstead.config.settings import Config
from promptstead.console.output import echo, plural, tell
from promptstead.errors import PromptsteadError, some_of
from promptstead.lint.baseline import DEFAULT_FILE, Baseline, divided, parse_baseline
from promptstead.lint.engine import Engine
from promptstead.lint.finding import Finding
from promptstead.lint.plugin_rules import plugin_rules
from promptstead.lint.rule import Base, Rule
from promptstead.lint.rule_table import all_rules
from promptstead.model import Stage, Tree
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.library import Library
from promptstead.prompts.loaded import Loaded
from promptstead.words.sentence import say_in
from promptstead.words.template import Language

if TYPE_CHECKING:
    from promptstead.lint.fixes import Fixed
    from promptstead.storage.clean_cache import Cache


PACKAGED = re.compile(r"[A-Z]{4}")
"""How the code of a rule begins that a package brings."""
CACHED_FROM = 20
"""From so many prompts on, a run remembers which were clean."""


class LintRun(NamedTuple):
    """What was found, and how many findings the baseline allowed."""

    findings: list[Finding]
    allowed: int


def lint_prompts(
    workspace: Workspace,
    paths: Sequence[str],
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    stage: Stage = "edit",
    *,
    use_baseline: bool = True,
    use_cache: bool = True,
    each: Callable[[Loaded], None] | None = None,
    base: Base | None = None,
) -> LintRun:
    """Lint the prompt files *paths* one by one, so that memory does not grow with their number.

    :param use_cache: pass over prompts that were clean and are unchanged.
    :param each: called with every loaded prompt, for a command that does more with it.
    :param base: the revision to compare with.
    :raises PromptsteadError: there is no rule of a code, the settings name a package that is not installed, or a file
        cannot be read.
    """
    settings = workspace.config
    brought = brought_rules(workspace)
    _refuse_unknown((*select, *ignore), brought)
    for codes in ((*settings.select, *settings.ignore, *settings.required), *settings.per_file_ignores.values()):
        _refuse_unknown(codes, brought, settings.file)
    _refuse_unknown(settings.levels, brought, settings.file)
    find = partial(_find, workspace.library)
    engine = Engine(settings, stage, select, ignore, find=find, base=base, brought=brought)
    found: list[Finding] = []
    cache = _cache(workspace, engine) if use_cache and each is None and len(paths) >= CACHED_FROM else None
    for path in paths:
        if cache is not None and cache.is_clean(path):
            continue
        loaded = workspace.library.load(path)
        found.extend(engine.check(loaded))
        if cache is not None and engine.clean:
            cache.remember(path, workspace.library.made_of(loaded))
        if each is not None:
            each(loaded)
    if cache is not None:
        cache.save()
    if not use_baseline:
        return LintRun(found, 0)
    allowed = read_baseline(workspace)
    if allowed is None:
        if workspace.config.baseline:
            raise PromptsteadError(
                "the baseline that the configuration names does not exist",
                hint="remove the setting, or run promptstead lint --write-baseline",
                location=workspace.config.baseline,
            )
        return LintRun(found, 0)
    old, new = divided(found, allowed)
    return LintRun(new, len(old))


def _cache(workspace: Workspace, engine: Engine) -> "Cache":
    from promptstead.storage.clean_cache import Cache  # SQLite takes longer to import than a few prompts take to lint

    plugins = workspace.library.plugins
    packages = plugins.identity() if plugins is not None and workspace.config.plugins else ""
    settings = repr((engine.codes, engine.stage, engine.today, workspace.config, packages))
    return Cache(workspace.tree, workspace.tree.root, settings)


def _find(library: Library, prompt_id: str) -> Loaded | None:
    path = library.find(prompt_id)
    return None if path is None else library.load(path)


def baseline_path(config: Config) -> str:
    """Return where the baseline is."""
    return config.baseline or DEFAULT_FILE


def read_baseline(workspace: Workspace) -> Baseline | None:
    """Return what the baseline allows; None where there is none.

    :raises PromptsteadError: it cannot be read, or is no baseline.
    """
    path = baseline_path(workspace.config)
    raw = workspace.tree.read(path)
    return None if raw is None else parse_baseline(raw, path)


def brought_rules(workspace: Workspace) -> Mapping[str, Rule]:
    """Return the rules of packages, by code, and say which packages the base does not allow yet.

    :raises PromptsteadError: see :func:`plugin_rules`.
    """
    config, plugins = workspace.config, workspace.library.plugins
    if config.plugins and plugins is not None and (refused := plugins.refused(config.plugins)):
        tell(f"not run: the base does not allow {some_of(refused, 3)} yet")
    return plugin_rules(config, plugins)


def _refuse_unknown(prefixes: Iterable[str], brought: Mapping[str, Rule], location: str = "") -> None:
    """Refuse what is the prefix of no rule's code.

    :param location: the file that names them.
    :raises PromptsteadError: one of *prefixes* is.
    """
    for prefix in prefixes:
        if not any(code.startswith(prefix) for code in all_rules(brought)):
            hint = "run promptstead rule to list them"
            if PACKAGED.match(prefix):
                hint = "for a rule from a package, install the package and name it in [policy] plugins"
            raise PromptsteadError(f"there is no rule `{prefix}`", hint=hint, location=location)


def fixed(
    workspace: Workspace, paths: Sequence[str], select: tuple[str, ...], ignore: tuple[str, ...], *, unsafe: bool
) -> "Fixed":
    """Return the files of the prompts *paths* with every fix applied; nothing is written."""
    from promptstead.lint.fixes import fix_prompts  # a hook that fixes nothing needs it not

    _refuse_unknown((*select, *ignore), plugin_rules(workspace.config, workspace.library.plugins))

    def library(tree: Tree) -> Library:
        return Library(tree, workspace.config)

    def engine(prompts: Library) -> Engine:
        return Engine(workspace.config, "edit", select, ignore)

    return fix_prompts(workspace.tree, paths, library, engine, unsafe=unsafe)


def write_fixes(workspace: Workspace, done: "Fixed", language: Language) -> None:
    """Write the fixed files, each at once and whole."""
    for path, text in done.files.items():
        workspace.tree.write(path, text)
    if done.fixes:
        tell(say_in(language, "listings.fixes-written", n=done.fixes, files=len(done.files)))


def show_fixes(workspace: Workspace, done: "Fixed") -> None:
    """Write the difference that the fixes make to stdout."""
    from difflib import unified_diff

    for path, after in done.files.items():
        before = (workspace.tree.read(path) or b"").decode("utf-8")
        lines = unified_diff(before.splitlines(), after.splitlines(), path, path, lineterm="")
        echo("\n".join(lines))
    tell(f"{plural(done.fixes, 'finding')} would be fixed in {plural(len(done.files), 'file')}")

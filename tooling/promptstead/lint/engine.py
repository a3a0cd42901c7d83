"""Runs the selected rules over loaded prompts and gives what they find its place, its level and its order."""

import time
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import islice
from typing import TYPE_CHECKING

from promptstead.config.settings import LEVELS, Config
from promptstead.documents.merge_conflict import is_unfinished_merge
from promptstead.lint.finding import Finding, in_order
from promptstead.lint.plugin_rules import option_findings, uses_plugins
from promptstead.lint.rule import Base, Context, Find, Rule
from promptstead.lint.rule_table import TABLE, all_rules, rule, selected
from promptstead.model import NOTHING, Fix, Level, Problem, Span, Stage
from promptstead.prompts.loaded import Loaded
from promptstead.words.sentence import say

if TYPE_CHECKING:
    from promptstead.lint.suppressions import Suppression

MAX_FINDINGS = 200
"""Most findings of one prompt; a last one stands for those beyond and has the level of the worst of them."""
MAX_PROBLEMS = 5_000
"""Most problems of one prompt that are looked at; a file with more is no prompt that anybody wrote."""
MARK = "promptstead: ignore"
"""What a file holds that suppresses anything."""
SECRET = frozenset({"SEC301", "SEC302"})
"""Rules whose findings no report may repeat."""


class Engine:
    """The rules of one run. A problem in a shared file is reported once, however many prompts use it.

    :param find: gives the other prompts of the repository; rules that compare prompts are silent without.
    :param base: the revision to compare with; rules that compare revisions are silent without.
    :param today: ISO date that dated facts are held against; by default the present day (UTC).
    :param brought: the rules of packages, by code.
    """

    def __init__(
        self,
        config: Config,
        stage: Stage = "edit",
        select: tuple[str, ...] = (),
        ignore: tuple[str, ...] = (),
        find: Find | None = None,
        base: Base | None = None,
        today: str = "",
        brought: Mapping[str, Rule] = NOTHING,
    ) -> None:
        self.config = config
        self.stage: Stage = stage
        self.find = find
        self.base = base
        self.today = today or time.strftime("%Y-%m-%d", time.gmtime())
        self.brought = brought
        self.codes = selected(select or config.select, (*config.ignore, *ignore), brought, config.levels)
        if config.required and not select:
            required = {*selected(config.required, ignore, brought, config.levels), *self.codes}
            self.codes = [code for code in all_rules(brought) if code in required]
        self.clean = False
        """Whether the last prompt has no problem at all, allowed or not, and no rule looked beyond its own files."""
        self._seen: set[tuple[str, str, int, str]] = set()

    def check(self, loaded: Loaded) -> list[Finding]:
        """Return what is wrong with one prompt, by file, line and column."""
        lines: dict[tuple[str, int], str] = {}
        context = None
        unfinished = any(map(is_unfinished_merge, loaded.problems))
        if loaded.prompt is not None and not unfinished:
            context = Context(loaded, loaded.prompt, self.config, self.stage, self.find, self.base, self.today)
        problems = list(islice(self._wanted(loaded, context), MAX_PROBLEMS + 1))
        beyond = self.base is not None or "translation_of" in loaded.document.text or (context and context.beyond)
        self.clean = not problems and not beyond
        if self.clean and not self.config.plugins:  # whoever remembers it has no key for the packages then
            self.clean = not uses_plugins(loaded)
        if len(problems) > MAX_PROBLEMS:
            message = say("rules.too-many-findings", most=MAX_PROBLEMS)
            problems[-1] = Problem("SCH001", message, hint=say("rules.too-many-findings-hint"))
        found = [finding for problem in problems if (finding := self._finding(loaded, problem, lines))]
        found = self._unsuppressed(loaded, found, lines)
        found.sort(key=in_order)
        return _bounded(found)

    def _unsuppressed(self, loaded: Loaded, found: list[Finding], lines: dict[tuple[str, int], str]) -> list[Finding]:
        """Return *found* without what a comment allows, and with what is wrong with such comments."""
        marked = {path: document for path, document in loaded.documents.items() if MARK in document.text}
        if not marked:
            return found
        from promptstead.lint.suppressions import find_suppressions

        allowed = {path: find_suppressions(document) for path, document in marked.items()}
        kept = []
        for finding in found:
            if not [each for each in allowed.get(finding.path, ()) if each.allows(finding)]:
                kept.append(finding)
        for path, each in ((path, each) for path, those in allowed.items() for each in those):
            own = path == loaded.path or path.startswith(loaded.path.rpartition(".prompt.")[0] + "/")
            problem = self._suppression_problem(loaded, path, each, own)
            wanted = problem is not None and "SUP991" in self.codes and not self._ignored(path, "SUP991")
            if problem is not None and wanted and (extra := self._finding(loaded, problem, lines)):
                kept.append(extra)
        return kept

    def _suppression_problem(self, loaded: Loaded, path: str, each: "Suppression", own: bool) -> Problem | None:
        unknown = [code for code in each.codes if code not in TABLE and code not in self.brought]
        stale = [code for code in each.codes if code not in each.used and code in self.codes]
        if unknown or not each.codes:
            message = say("rules.SUP991-unknown", rule=unknown[0]) if unknown else say("rules.SUP991-empty")
            return Problem("SUP991", message, each.span, say("rules.SUP991-unknown-hint"), path=path)
        if own and stale and self.stage in self._rule(stale[0]).levels and loaded.prompt is not None:
            message = say("rules.SUP991-stale", rules=stale)
            fix = _removal(loaded.documents[path].text, each.span) if stale == list(each.codes) else None
            return Problem("SUP991", message, each.span, say("rules.SUP991-stale-hint"), fix, path)
        if not each.reason:
            message, hint = say("rules.SUP991-no-reason"), say("rules.SUP991-no-reason-hint")
            return Problem("SUP991", message, each.span, hint, path=path)
        return None

    def _wanted(self, loaded: Loaded, context: Context | None) -> Iterator[Problem]:
        """Yield the problems of the rules that are on for the file that they are in."""
        for problem in self._problems(loaded, context):
            if problem.code in self.codes and not self._ignored(problem.path or loaded.path, problem.code):
                yield problem

    def _problems(self, loaded: Loaded, context: Context | None) -> Iterator[Problem]:
        yield from loaded.problems
        if context is None:
            return
        yield from option_findings(loaded)
        for code in self.codes:
            if self.stage in self._rule(code).levels:
                yield from self._rule(code).check(context)

    def _rule(self, code: str) -> Rule:
        return self.brought.get(code) or rule(code)

    def _finding(self, loaded: Loaded, problem: Problem, lines: dict[tuple[str, int], str]) -> Finding | None:
        """Return the finding of *problem*, or None where another prompt had it; *lines* keeps what several share."""
        path = problem.path or loaded.path
        key = (problem.code, path, problem.span.start, problem.message)
        if key in self._seen:
            return None
        self._seen.add(key)
        found_by = self._rule(problem.code)
        level: Level = self.config.levels.get(problem.code) or problem.level or found_by.levels[self.stage]
        document = loaded.documents.get(path, loaded.document)
        line, column = document.position(problem.span.start)
        end_line, end_column = document.position(max(problem.span.start, problem.span.end))
        if (path, line) not in lines:
            lines[path, line] = document.line_text(line)
        shown = lines[path, line]
        if problem.code in SECRET:
            shown = _masked(shown, column, end_column if end_line == line else len(shown) + 1)
        return Finding(
            problem.code, found_by.name, level, problem.message, problem.hint, path, line, column, end_line, end_column,
            loaded.id, shown, problem.fix,
        )  # fmt: skip

    def _ignored(self, path: str, code: str) -> bool:
        if self.config.required and code.startswith(self.config.required):
            return False
        return any(
            fnmatchcase(path, pattern) and code.startswith(codes)
            for pattern, codes in self.config.per_file_ignores.items()
            if codes
        )


def _masked(text: str, column: int, end: int) -> str:
    """Return a line with the characters between two columns hidden."""
    return text[: column - 1] + "•" * (min(end, len(text) + 1) - column) + text[end - 1 :]


def _removal(text: str, span: Span) -> Fix:
    """Return the fix that removes a comment, with its line where nothing else stands on it."""
    start = len(text[: span.start].rstrip(" \t"))
    end = span.end
    if start == 0 or text[start - 1] in "\r\n":
        end += len(text[end:]) - len(text[end:].lstrip("\r\n"))
        breaks = text[span.end : end]
        end = span.end + (2 if breaks.startswith("\r\n") else min(1, len(breaks)))
    return Fix(say("rules.SUP991-fix"), ((Span(start, end), ""),), safe=True)


def _bounded(found: list[Finding]) -> list[Finding]:
    """Return the first MAX_FINDINGS of *found*, and the worst of the rest with the number of those left out."""
    kept, rest = found[:MAX_FINDINGS], found[MAX_FINDINGS:]
    if len(rest) > 1:
        worst = min(rest, key=lambda finding: LEVELS.index(finding.level))
        message = say("rules.more-findings", more=len(rest), worst=worst.message)
        rest = [worst._replace(message=message)]
    return [*kept, *rest]


def failing(findings: Iterable[Finding], config: Config) -> int:
    """Return how many of *findings* make a command fail."""
    levels = ("error", "warning") if config.fail_on == "warning" else ("error",)
    return sum(finding.level in levels for finding in findings)

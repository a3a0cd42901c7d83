"""Rules that packages bring: what they are given, where what they find stands, and what the options of evaluators are.

A rule of a package sees one prompt as data (:class:`promptstead.extend.Prompt`), in a process of its own. One that
fails is a finding of its own code: a rule that is broken lets nothing through in silence.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from promptstead.config.settings import Config
from promptstead.errors import PromptsteadError
from promptstead.lint.rule import Context, Rule
from promptstead.model import NOTHING, Json, Problem, Span
from promptstead.plugins import Plugin, Plugins, case_data, is_plugged
from promptstead.prompts.loaded import Loaded
from promptstead.words.sentence import own_words, say

TIMEOUT = 10.0
"""Seconds that a rule may take for one prompt."""


def plugin_rules(config: Config, plugins: Plugins | None) -> Mapping[str, Rule]:
    """Return the rules of the packages that the settings name, by code; none where they name none.

    :raises PromptsteadError: a package is not installed, two use the same codes, or a rule cannot be imported.
    """
    if not config.plugins or plugins is None:
        return NOTHING
    return {plugin.name: _rule(plugin) for plugin in plugins.rules(config.plugins)}


def _rule(plugin: Plugin) -> Rule:
    about = plugin.about
    code: Any = plugin.name  # our own codes are known to the type checker, those of others are not
    page = f"{about['page'].strip()}\n\nA rule of {plugin.origin}."
    return Rule(code, about["name"], about["summary"], about["levels"], _check(plugin), page=page)


def _check(plugin: Plugin) -> Callable[[Context], Iterator[Problem]]:
    code: Any = plugin.name
    failure = ""

    def check(context: Context) -> Iterator[Problem]:
        nonlocal failure
        try:
            if failure:  # each prompt would wait as long again
                raise PromptsteadError(failure)
            found = plugin.ask({"do": "check", "prompt": _prompt(context)}, TIMEOUT)
        except PromptsteadError as error:
            if "took longer" in error.message:
                failure = error.message
            message = say("files.plugin-rule-failed", error=own_words(error.message))
            yield Problem(code, message, hint=say("files.plugin-rule-failed-hint", origin=plugin.origin), level="error")
            return
        for each in found:
            span, path = _place(context, each)
            yield Problem(code, own_words(each["message"]), span, own_words(each["hint"]), path=path)

    return check


def _place(context: Context, found: Mapping[str, Any]) -> tuple[Span, str]:
    """Return where a finding stands, and the file where that is not the prompt's own; what is not there is the top."""
    start, end = max(0, found["start"]), found["end"]
    if found["partial"]:
        path = context.loaded.partial_paths.get(found["partial"], "")
        text = context.prompt.partials.get(found["partial"], "")
        span = Span(min(start, len(text)), min(len(text), len(text) if end is None else max(start, end)))
        return (span, path) if path else (Span(0, 0), "")
    at = tuple(found["at"])
    if not at:
        return Span(0, 0), ""
    document = context.document
    return (document.span(at) if end is None else document.locate(at, start, max(start, end))), ""


def _prompt(context: Context) -> Json:
    prompt = context.prompt
    texts = [
        {"role": role, "text": part.template, "at": list(part.at), "partial": ""}
        for role, part in context.parts()
        if part.type == "text"
    ]
    texts += [{"role": "", "text": text, "at": [], "partial": name} for name, text in prompt.partials.items()]
    return {
        "id": prompt.id,
        "path": prompt.path,
        "language": prompt.language,
        "stage": context.stage,
        "data": dict(prompt.data),
        "texts": texts,
        "cases": [case_data(case) for case in prompt.cases],
    }


def option_findings(loaded: Loaded) -> Iterator[Problem]:
    """Yield what is wrong with the evaluators of packages that a prompt uses: their options, or that they are not here.

    One that cannot be had here is no error: its checks are unscored, and whoever looks at a report sees that.
    """
    if loaded.plugins is None or not uses_plugins(loaded):
        return
    from promptstead.prompts.plugin_options import option_problems  # few prompts use a package

    assert loaded.prompt is not None
    for spec in loaded.prompt.every_evaluator():
        document = loaded.documents.get(spec.file)
        if not is_plugged(spec.type) or document is None:
            continue
        try:
            plugin = loaded.plugins.evaluator(spec.type)
            found = option_problems(plugin, spec.options.get("options", {}))
        except PromptsteadError as error:
            span = document.span((*spec.at, "type"))
            said = own_words(error.message), own_words(error.hint)
            yield Problem("SCH001", said[0], span, said[1], path=spec.file, level="warning")
            continue
        for each in found:
            at = (*spec.at, "options", *each.path)
            span = document.key_span(at) if each.unknown else document.span(at)
            said = own_words(each.message), own_words(each.hint)
            yield Problem("SCH002" if each.unknown else "SCH001", said[0], span, said[1], path=spec.file)


def uses_plugins(loaded: Loaded) -> bool:
    """Tell whether a package brings an evaluator of the prompt."""
    return loaded.prompt is not None and any(is_plugged(spec.type) for spec in loaded.prompt.every_evaluator())

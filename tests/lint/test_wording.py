"""Sentences of a prompt's messages and where they stand."""

from promptstead.config.settings import Config
from promptstead.lint.rule import Context
from promptstead.lint.wording import VALUE, Wording, sentences
from promptstead.prompts.library import Library
from tests.trees import MemoryTree

PATH = "prompts/p.prompt.yml"


def wording(content: str, partial: str = "") -> tuple[Context, Wording]:
    """Return the only message of a prompt whose content is the indented block *content*."""
    block = "".join(f"      {line}\n" for line in content.split("\n"))
    text = f"schema: promptstead/v1\ntitle: T\ninputs: {{a: {{}}}}\nmessages:\n  - role: user\n    content: |\n{block}"
    loaded = Library(MemoryTree({PATH: text, "prompts/partials/p.md": partial}), Config()).load(PATH)
    assert loaded.prompt is not None, loaded.problems
    context = Context(loaded, loaded.prompt, Config(), "edit")
    [only] = context.wordings()
    return context, only


def cut(content: str) -> list[str]:
    return [sentence.text for sentence in sentences(wording(content)[1])]


def test_a_text_is_cut_into_sentences_and_items() -> None:
    content = "# Rules\nBe brief. Say 3.5 or\nless! Why?\n- one\n  more; two\n* three\n\nList:\n1. four\nend"
    assert cut(content) == [
        "Rules",
        "Be brief.",
        "Say 3.5 or\nless!",
        "Why?",
        "one\n  more;",
        "two",
        "three",
        "List:",
        "four\nend",
    ]


def test_code_blocks_are_left_out() -> None:
    assert cut("Before.\n```py\nx = 1. y = 2\n```\nAfter.") == ["Before.", "After."]


def test_values_at_the_ends_are_left_out() -> None:
    assert cut("{{ a }} Be brief, {{ a }} or not. {{ a }}") == [f"Be brief, {VALUE} or not."]


def test_every_sentence_is_found_where_it_stands() -> None:
    context, only = wording("İ and 😀 first. Second here.\n{% if a %}Third. {% endif %}Last.")
    for sentence in sentences(only):
        span, path = only.place(sentence.start, sentence.end)
        assert (context.document.text[span.start : span.end], path) == (sentence.text, "")
    assert only.lower == "İ and 😀 first. second here.\nthird. last.\n"


def test_a_sentence_of_a_partial_stands_there() -> None:
    context, only = wording('Before. {% include "partials/p.md" %} After.', "Inside one.\nInside two.")
    places = {sentence.text: only.place(sentence.start, sentence.end) for sentence in sentences(only)}
    span, path = places["Inside two."]
    assert path == "prompts/partials/p.md"
    assert context.loaded.documents[path].text[span.start : span.end] == "Inside two."
    assert places["Before."][1] == ""


def test_branches_are_not_always_there() -> None:
    _, only = wording("One.{% if a %} Two.{% for x in a %} Three.{% endfor %}{% else %} Four.{% endif %} Five.")
    always = {sentence.text: only.always(sentence.start) for sentence in sentences(only)}
    assert always == {"One.": True, "Two.": False, "Three.": False, "Four.": False, "Five.": True}

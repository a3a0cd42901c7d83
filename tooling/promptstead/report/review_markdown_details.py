"""One prompt's part of the Markdown of a review, in the order in which a reviewer reads: words, answers, findings."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, cast, get_args

from promptstead.diff.words import Piece, PieceKind
from promptstead.report.excerpt import excerpt
from promptstead.report.markup import block, code, html, line, plain, rule_code, sentence
from promptstead.report.note_text import note_head
from promptstead.report.review_document import (
    ChangeDocument,
    FailureDocument,
    NoteDocument,
    NotesDocument,
    PairDocument,
    PieceDocument,
    PromptDocument,
    ReasonDocument,
    RenderedDocument,
)
from promptstead.report.review_words import finding_texts, labelled, rendered_counts, said, value_text, violations_alike
from promptstead.report.some_names import some_names
from promptstead.words.sentence import say_in
from promptstead.words.tables import label
from promptstead.words.template import Language

MAX_ROWS = 20
"""Most pairs of models of one prompt."""
MAX_ANSWERS = 10
"""Most answers shown of one prompt."""
MAX_DETAIL = 12_000
"""Characters of one prompt's details."""
MIN_DETAIL = 1_500
"""Characters below which a prompt's details are left out rather than cut."""
MAX_INLINE = 200
"""Characters of an answer, or of a case's inputs, that stand in a line of text."""
MAX_MESSAGE = 4_000
"""Characters of what changed in one text."""
MAX_WAYS = 3
"""Most ways in which rendered messages change that are shown."""
MAX_NOTES = 10
"""Most notes about one answer, or that came with one prompt."""
MAX_REASONS = 10
"""Most reasons of one comparison."""

_Name = Literal[
    "partials", "attachments", "inputs", "output", "tools", "model", "examples", "governance", "description"
]
VALUE_PARTS: tuple[_Name, ...] = get_args(_Name)
"""The parts of a change that are values, in the order in which they are shown."""


NO_NOTES: NotesDocument = {"added": [], "removed": []}


class Part(NamedTuple):
    """Something that is shown of one prompt; of what does not fit, the highest ranks are left out first."""

    rank: int
    text: str


def details(prompt: PromptDocument, every: Sequence[Part], size: int, language: Language) -> str:
    """Return a prompt's details in at most *size* characters; empty where nothing fits.

    :param every: all its parts, in the order in which they are shown.
    """
    broken = sum(len(comparison["broken"]) for comparison in prompt["comparisons"])
    title = say_in(language, "reports.answers-got-worse", prompt=prompt["id"], n=broken) if broken else prompt["id"]
    first = f"<details{' open' if prompt['blocks'] else ''}><summary>{html(title)}</summary>\n"
    rest, last = say_in(language, "reports.rest-in-report") + "\n", "</details>"
    size -= len(first) + len(rest) + len(last) + 2
    fitting: set[int] = set()
    for index in sorted(range(len(every)), key=lambda index: every[index].rank):
        needed = len(every[index].text) + 2
        if needed <= size:
            size -= needed
            fitting.add(index)
    if not fitting:
        return ""
    shown = [part.text + "\n" for index, part in enumerate(every) if index in fitting]
    return "\n".join([first, *shown, *([rest] if len(fitting) < len(every) else []), last])


def parts(prompt: PromptDocument, language: Language) -> Iterator[Part]:
    """Yield what is shown of a prompt as it is read: words, answers, findings. The first of each outlive the rest."""
    if prompt["error"]:
        yield Part(0, f"**{label(language, 'not valid')}** {code(said(prompt['error'], language))}")
    change = prompt["change"]
    words: list[str] = []
    if change and change["kind"] == "added":
        words = [say_in(language, "reports.new-prompt", path=code(prompt["path"]))]
    elif change:
        words = [*_words(change, language), *_reasons_of_contract(change, language)]
    yield from _ranked([*words, *_rendered(prompt["rendered"], language)])
    yield from (Part(0, text) for text in (*_violations(prompt, language), *_let_pass(prompt, language)))
    every = (_reasons(prompt, language), _answers(prompt, language), _new_notes(prompt, language))
    for texts in (*every, _findings(prompt, language)):
        yield from _ranked(texts)


def _ranked(texts: Iterable[str]) -> Iterator[Part]:
    return (Part(rank, text) for rank, text in enumerate(texts, 1))


def _findings(prompt: PromptDocument, language: Language) -> Iterator[str]:
    new = prompt["lint"]["new"]
    for found in new[:10]:
        message, hint = finding_texts(found, language)
        place = code(f"{found['path']}:{found['line']}:{found['column']}")
        name = f"**{plain(found['level'], language)} {rule_code(found['code'])}** {place}"
        yield labelled(language, name, code(message)) + (f" – {code(hint)}" if hint else "")
    if len(new) > 10:
        yield say_in(language, "reports.more-findings", n=len(new) - 10)


def _reasons(prompt: PromptDocument, language: Language) -> Iterator[str]:
    for comparison in prompt["comparisons"][:MAX_ROWS]:
        models = " → ".join(dict.fromkeys(filter(None, (comparison["base_model"], comparison["head_model"]))))
        reasons = [sentence(said(reason, language)) for reason in comparison["reasons"][:MAX_REASONS]]
        if reasons:
            yield "\n".join(f"- {labelled(language, code(models), why) if models else why}" for why in reasons)


def _violations(prompt: PromptDocument, language: Language) -> Iterator[str]:
    violations = [each for comparison in prompt["comparisons"] for each in comparison["violations"]]
    alike = violations_alike(violations, language)
    for check, reason, cases in alike[:MAX_ANSWERS]:
        names = some_names(language, cases, MAX_ANSWERS, code)
        name = f"**{say_in(language, 'reports.must-not-fail')}** {names} · {code(check)}"
        yield labelled(language, name, code(reason))
    if left := sum(len(cases) for _, _, cases in alike[MAX_ANSWERS:]):
        yield say_in(language, "reports.more-must-not-fail", n=left)


def _let_pass(prompt: PromptDocument, language: Language) -> Iterator[str]:
    every = prompt.get("let_pass", [])
    for found in every[:MAX_ANSWERS]:
        counterexample = say_in(
            language, "reports.counterexample", counterexample=code(found["counterexample"]), case=code(found["case"])
        )
        name = f"**{say_in(language, 'reports.let-pass')}** {counterexample} · {code(found['evaluator'])}"
        yield f"{labelled(language, name, code(said(found['reason'], language)))} – {code(found['why'], MAX_INLINE)}"
    if len(every) > MAX_ANSWERS:
        yield say_in(language, "reports.more-let-pass", n=len(every) - MAX_ANSWERS)
    if every:
        yield f"- {say_in(language, 'reports.let-pass-help')}"


def _answers(prompt: PromptDocument, language: Language) -> Iterator[str]:
    broken = [pair for comparison in prompt["comparisons"] for pair in comparison["broken"]]
    fixed = [pair for comparison in prompt["comparisons"] for pair in comparison["fixed"]]
    changed = [*((True, pair) for pair in broken), *((False, pair) for pair in fixed)]
    for worse, pair in changed[:MAX_ANSWERS]:
        yield _answer(pair, language, worse=worse)
    if len(changed) > MAX_ANSWERS:
        yield say_in(language, "reports.many-answers", worse=len(broken), better=len(fixed))


def _answer(pair: PairDocument, language: Language, *, worse: bool) -> str:
    title = say_in(language, "reports.got-worse" if worse else "reports.got-better", case=f"**{code(pair['case'])}**")
    failures: Sequence[FailureDocument] = pair["head_failures"] if worse else pair["base_failures"]
    if failures:
        failed = "; ".join(
            labelled(language, code(each["evaluator"]), code(said(each["reason"], language)))
            for each in failures[:MAX_REASONS]
        )
        title = say_in(language, "reports.failed" if worse else "reports.failed-before", title=title, failures=failed)
    inputs = "\n".join(f"{name}: {value}" for name, value in pair["inputs"].items())
    before, after = pair["base_answer"] or "", pair["head_answer"] or ""
    texts = (
        (say_in(language, "reports.input"), inputs, _inline(inputs)),
        (say_in(language, "reports.before"), before, True),
        (say_in(language, "reports.after"), after, True),
    )
    lines, blocks = [], []
    notes = [_note(note, language) for note in (*pair.get("base_notes", ()), *pair.get("head_notes", ()))]
    for name, text, short in texts:
        if short and _inline(before) and _inline(after):
            lines.append(f"- {labelled(language, name, code(text))}")
        else:
            blocks.append(f"{name}\n{block(text, 1_200)}")
    lines += [f"- {labelled(language, say_in(language, 'reports.note'), note)}" for note in notes[:MAX_NOTES]]
    return "\n\n".join([title, *blocks, *(["\n".join(lines)] if lines else [])])


def _new_notes(prompt: PromptDocument, language: Language) -> Iterator[str]:
    """Yield what people said with this change about answers, whether or not those changed."""
    change = prompt["change"]
    added = change.get("notes", NO_NOTES)["added"] if change else []
    lines = [f"- {labelled(language, code(note['case']), _note(note, language))}" for note in added[:MAX_NOTES]]
    if len(added) > MAX_NOTES:
        lines.append(f"- {say_in(language, 'reports.more-notes', n=len(added) - MAX_NOTES)}")
    if lines:
        yield "\n".join([f"**{say_in(language, 'reports.notes-added')}**", *lines])


def _note(note: NoteDocument, language: Language) -> str:
    if note["outside"]:
        return say_in(language, "reports.note-outside")
    return labelled(language, code(note_head(note, language)), code(note["text"]))


def _inline(text: str) -> bool:
    """Tell whether a line of text can show all of *text* as it is, its white space too."""
    return 0 < len(text) <= MAX_INLINE and line(text, MAX_INLINE) == text


def _words(change: ChangeDocument, language: Language) -> Iterator[str]:
    for message in change["messages"]:
        kind = "" if message["kind"] == "changed" else f"{plain(message['kind'], language)} "
        name = say_in(language, "reports.message", role=plain(message["role"], language))
        yield f"**{name}** {kind}" + _pieces(message["pieces"], language)
    for part in VALUE_PARTS:
        for value in change.get(part, [])[:20]:
            text = _pieces(value["pieces"], language) if value["pieces"] else code(value_text(value, language))
            name = f"**{label(language, part)}**"
            place = name if value["path"] == part else f"{name} {code(value['path'])}"
            yield labelled(language, place, text)


def _reasons_of_contract(change: ChangeDocument, language: Language) -> Iterator[str]:
    """Yield what callers meet, where the table has room for the first of it only."""
    contract = change["contract"]
    if change["kind"] == "added" or contract["consequence"] == "none" or len(contract["reasons"]) < 2:
        return
    yield "\n".join([f"**{say_in(language, 'reports.contract')}**", *_contract(contract["reasons"], language)])


def _contract(reasons: Sequence[ReasonDocument], language: Language) -> Iterator[str]:
    for each in reasons[:MAX_REASONS]:
        breaking = each["consequence"] == "breaking"
        consequence = f"**{label(language, 'breaking')}**" if breaking else label(language, "compatible")
        yield f"- {labelled(language, code(said(each['reason'], language)), consequence)}"
    if len(reasons) > MAX_REASONS:
        yield f"- {say_in(language, 'reports.and-more', n=len(reasons) - MAX_REASONS)}"


def _rendered(rendered: RenderedDocument | None, language: Language) -> Iterator[str]:
    """Yield which cases are sent something else; the words of one stand for all that change alike."""
    if rendered is None or not (rendered["changes"] or rendered["broken"]):
        return
    ways = rendered["changes"]
    yield f"**{say_in(language, 'reports.rendered-messages')}** {rendered_counts(rendered, language)}"
    for way in ways[:MAX_WAYS] if len(ways) > 1 else ():
        words = "; ".join(_pieces(message["pieces"], language) for message in way["messages"])
        yield f"- {labelled(language, some_names(language, way['cases'], 1, code), words)}"
    for left in rendered["broken"][:MAX_WAYS]:
        one_side = say_in(language, "reports.one-side-only", case=code(left["case"]))
        yield f"- {labelled(language, one_side, code(said(left['why'], language)))}"


def _pieces(pieces: Sequence[PieceDocument], language: Language) -> str:
    shown: list[str] = []
    for piece in excerpt(Piece(cast(PieceKind, piece["kind"]), piece["text"]) for piece in pieces):
        text = code(piece.text, 1_500)
        if not text:
            continue
        if sum(map(len, shown)) + len(text) > MAX_MESSAGE:
            return " ".join(shown) + " " + say_in(language, "reports.rest-in-report")
        if piece.kind == "removed":
            shown.append(f"~~{text}~~")
        elif piece.kind == "moved from":
            shown.append(say_in(language, "reports.moved", text=f"~~{text}~~"))
        elif piece.kind == "added":
            shown.append(f"**{text}**")
        elif piece.kind == "moved to":
            shown.append(say_in(language, "reports.moved-here", text=f"**{text}**"))
        else:
            shown.append(text)
    return " ".join(shown)

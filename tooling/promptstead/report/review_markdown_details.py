"""One prompt's part of the Markdown of a review, in the order in which a reviewer reads: words, answers, findings."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, cast, get_args

from promptstead.diff.values import ValueChange
from promptstead.diff.words import Piece, PieceKind
from promptstead.report.diff_text import values_text
from promptstead.report.excerpt import excerpt
from promptstead.report.markup import block, code, html, line, plain, rule_code, sentence
from promptstead.report.review_document import (
    ChangeDocument,
    FailureDocument,
    PairDocument,
    PieceDocument,
    PromptDocument,
    RenderedDocument,
    ValueDocument,
)

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
MAX_REASONS = 10
"""Most reasons of one comparison."""

_Name = Literal["partials", "inputs", "output", "tools", "model", "examples", "governance", "description"]
VALUE_PARTS: tuple[_Name, ...] = get_args(_Name)
"""The parts of a change that are values, in the order in which they are shown."""


class Part(NamedTuple):
    """Something that is shown of one prompt; of what does not fit, the highest ranks are left out first."""

    rank: int
    text: str


def details(prompt: PromptDocument, every: Sequence[Part], size: int) -> str:
    """Return a prompt's details in at most *size* characters; empty where nothing fits.

    :param every: all its parts, in the order in which they are shown.
    """
    broken = sum(len(comparison["broken"]) for comparison in prompt["comparisons"])
    title = f"{prompt['id']}: {broken} answer{'' if broken == 1 else 's'} got worse" if broken else prompt["id"]
    first = f"<details{' open' if prompt['blocks'] else ''}><summary>{html(title)}</summary>\n"
    rest, last = "… the rest is in the full report.\n", "</details>"
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


def parts(prompt: PromptDocument) -> Iterator[Part]:
    """Yield what is shown of a prompt as it is read: words, answers, findings. The first of each outlive the rest."""
    if prompt["error"]:
        yield Part(0, f"**Not valid** {code(prompt['error'])}")
    change = prompt["change"]
    words = [*_words(change), *_reasons_of_contract(change)] if change else []
    yield from _ranked([*words, *_rendered(prompt["rendered"])])
    yield from (Part(0, text) for text in _violations(prompt))
    for texts in (_reasons(prompt), _answers(prompt), _findings(prompt)):
        yield from _ranked(texts)


def _ranked(texts: Iterable[str]) -> Iterator[Part]:
    return (Part(rank, text) for rank, text in enumerate(texts, 1))


def _findings(prompt: PromptDocument) -> Iterator[str]:
    new = prompt["lint"]["new"]
    for found in new[:10]:
        hint = f" – {code(found['hint'])}" if found["hint"] else ""
        place = code(f"{found['path']}:{found['line']}:{found['column']}")
        yield f"**{plain(found['level'])} {rule_code(found['code'])}** {place}: {code(found['message'])}{hint}"
    if len(new) > 10:
        yield f"… and {len(new) - 10} more findings"


def _reasons(prompt: PromptDocument) -> Iterator[str]:
    for comparison in prompt["comparisons"][:MAX_ROWS]:
        models = " → ".join(dict.fromkeys(filter(None, (comparison["base_model"], comparison["head_model"]))))
        reasons = comparison["reasons"][:MAX_REASONS]
        if reasons:
            yield "\n".join(f"- {code(models) + ': ' if models else ''}{sentence(reason)}" for reason in reasons)


def _violations(prompt: PromptDocument) -> Iterator[str]:
    violations = [each for comparison in prompt["comparisons"] for each in comparison["violations"]]
    for violation in violations[:MAX_ANSWERS]:
        where = f"{code(violation['case'] or 'every case')} · {code(violation['check'])}"
        yield f"**must not fail** {where}: {code(violation['reason'])}"
    if len(violations) > MAX_ANSWERS:
        yield f"… and {len(violations) - MAX_ANSWERS} more that must not fail"


def _answers(prompt: PromptDocument) -> Iterator[str]:
    broken = [pair for comparison in prompt["comparisons"] for pair in comparison["broken"]]
    fixed = [pair for comparison in prompt["comparisons"] for pair in comparison["fixed"]]
    changed = [*(("worse", pair) for pair in broken), *(("better", pair) for pair in fixed)]
    yield from (_answer(label, pair) for label, pair in changed[:MAX_ANSWERS])
    if len(changed) > MAX_ANSWERS:
        yield f"… {len(broken)} answers got worse and {len(fixed)} better; the full report has them all."


def _answer(label: str, pair: PairDocument) -> str:
    failures: Sequence[FailureDocument] = pair["head_failures"] if label == "worse" else pair["base_failures"]
    failed = "; ".join(f"{code(each['evaluator'])}: {code(each['reason'])}" for each in failures[:MAX_REASONS])
    when = f"; {'failed' if label == 'worse' else 'failed before'}: {failed}" if failed else ""
    inputs = "\n".join(f"{name}: {value}" for name, value in pair["inputs"].items())
    texts = {"Input": inputs, "Before": pair["base_answer"] or "", "After": pair["head_answer"] or ""}
    if _inline(texts["Before"]) and _inline(texts["After"]):
        alike = ["Before", "After", *(["Input"] if _inline(inputs) else [])]
    else:
        alike = []
    lines = "\n".join(f"- {name}: {code(text)}" for name, text in texts.items() if name in alike)
    blocks = (f"{name}\n{block(text, 1_200)}" for name, text in texts.items() if name not in alike)
    return "\n\n".join(filter(None, (f"**{code(pair['case'])}** got {label}{when}", *blocks, lines)))


def _inline(text: str) -> bool:
    """Tell whether a line of text can show all of *text* as it is, its white space too."""
    return 0 < len(text) <= MAX_INLINE and line(text, MAX_INLINE) == text


def _words(change: ChangeDocument) -> Iterator[str]:
    for message in change["messages"]:
        kind = "" if message["kind"] == "changed" else f"{plain(message['kind'])} "
        yield f"**{plain(message['role'])} message** {kind}" + _pieces(message["pieces"])
    for name in VALUE_PARTS:
        for value in change[name][:20]:
            text = _pieces(value["pieces"]) if value["pieces"] else code(values_text(value_change(value)))
            yield f"**{name}** {code(value['path'])}: {text}"


def _reasons_of_contract(change: ChangeDocument) -> Iterator[str]:
    """Yield what callers meet, where the table has room for the first of it only."""
    contract = change["contract"]
    if change["kind"] == "added" or contract["consequence"] == "none" or len(contract["reasons"]) < 2:
        return
    lines = [
        f"- {code(each['text'])}: {'**breaking**' if each['consequence'] == 'breaking' else 'compatible'}"
        for each in contract["reasons"][:MAX_REASONS]
    ]
    if len(contract["reasons"]) > MAX_REASONS:
        lines.append(f"- … and {len(contract['reasons']) - MAX_REASONS} more")
    yield "\n".join(["**contract**", *lines])


def _rendered(rendered: RenderedDocument | None) -> Iterator[str]:
    """Yield which cases are sent something else; the words of one stand for all that change alike."""
    if rendered is None or not (rendered["changes"] or rendered["broken"]):
        return
    ways = rendered["changes"]
    changed = sum(len(way["cases"]) for way in ways)
    alike = "alike" if len(ways) == 1 else f"in {len(ways)} ways"
    what = "1 case changes" if changed == 1 else f"{changed} cases change {alike}"
    yield f"**rendered messages** {what}, {rendered['same']} stay{'s' if rendered['same'] == 1 else ''} the same"
    for way in ways[:MAX_WAYS] if len(ways) > 1 else ():
        words = "; ".join(_pieces(message["pieces"]) for message in way["messages"])
        more = f" and {len(way['cases']) - 1} more" if len(way["cases"]) > 1 else ""
        yield f"- {code(''.join(way['cases'][:1]))}{more}: {words}"
    for left in rendered["broken"][:MAX_WAYS]:
        yield f"- {code(left['case'])} can be rendered on one side only: {code(left['why'])}"


def value_change(value: ValueDocument) -> ValueChange:
    """Return a value of the report as the change that it tells of."""
    kind = value["kind"]
    return ValueChange(
        "added" if kind == "added" else "removed" if kind == "removed" else "changed", (), value["old"], value["new"]
    )


def _pieces(pieces: Sequence[PieceDocument]) -> str:
    shown: list[str] = []
    for piece in excerpt(Piece(cast(PieceKind, piece["kind"]), piece["text"]) for piece in pieces):
        text = code(piece.text, 1_500)
        if not text:
            continue
        if sum(map(len, shown)) + len(text) > MAX_MESSAGE:
            return " ".join(shown) + " … the rest is in the full report."
        if piece.kind in ("removed", "moved from"):
            shown.append(f"~~{text}~~" + (" (moved)" if piece.kind == "moved from" else ""))
        elif piece.kind in ("added", "moved to"):
            shown.append(f"**{text}**" + (" (moved here)" if piece.kind == "moved to" else ""))
        else:
            shown.append(text)
    return " ".join(shown)

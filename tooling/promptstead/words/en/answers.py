"""Why there is no answer to judge: nothing recorded, stale, unavailable; what a person must decide."""

WORDS: dict[str, str] = {
    "not-recorded": "no recorded answer: run promptstead record",
    "stale-request": (
        "stale: the prompt, a partial, the model or the input changed since it was recorded: run promptstead record"
    ),
    "stale-turn": (
        "stale from turn {turn} on: the script or an earlier reply changed since it was recorded: "
        "run promptstead record"
    ),
    "no-conversation-now": (
        "stale: it is a conversation, and the case has neither turns nor stubs: run promptstead record"
    ),
    "more-replies": "stale: it has more replies than the {turns} turns of the case ask for: run promptstead record",
    "reply-missing": "the reply to turn {turn} is missing: run promptstead record",
    "no-stub": (
        "turn {turn} calls {call}, for which the case has no stub: add one to its `stubs`, then run promptstead record"
    ),
    "hand-reply-missing": "the reply to turn {turn} is missing: add it to its `steps`",
    "hand-no-steps": (
        "the case is a conversation of {turns} {turns#turn|turns}: write its replies as `steps`, in place of `output`"
    ),
    "hand-more-replies": (
        "it has more replies than the {turns} turns of the case ask for: delete them from its `steps`, or add turns"
    ),
    "hand-no-turns": "it has `steps`, and the case has neither turns nor stubs: write the answer as `output`",
    "hand-no-stub": (
        "turn {turn} calls {call}, for which the case has no stub: add one to its `stubs`, or correct the call"
    ),
    "stale-inputs": "stale: the input changed since the answer was written: run promptstead accept",
    "not-accepted": "not accepted: run promptstead accept",
    "case-gone": "obsolete: the case no longer exists",
    "not-asked": "no prompt makes its request any more",
    "cannot-render": "the prompt cannot be rendered: {error}",
    "not-in-store": "its answer is not in the store of answers",
    "changed-in-store": "the stored answer is not the one that was accepted",
    "changed-answer": "case `{case}`, {model}: the stored answer is not the one that was accepted",
    "unreadable": "{where}: {error}",
    "cut-off": "cut off before its end ({reason})",
    "filtered": "stopped by the server's content filter",
    "no-function": "it calls something that is not a function",
    "unknown-tool": "it calls `{tool}`, which is not a tool of the prompt",
    "no-tools": "it calls `{tool}`, and the prompt has no tools",
    "surrogate": "it holds half a surrogate pair, which is not text",
    "no-answer": "no answer",
    "of-answers": "{failed} of {answers} answers: {why}",
    "prompt-gone": "the prompt no longer exists",
    "case-removed": "the case no longer exists",
    "inputs-changed": "the inputs of the case changed since the run",
    "other-reasons": "other reasons",
    "changed-hint": "put the accepted answer back into the store, or record it again",
    "in-repository": "this answer stands in the repository, and the configuration keeps those of this prompt outside",
    "no-such-case": "there is no case `{case}`",
    "name-a-case": "name a case of the prompt, or a row of its datasets",
    "case-not-read": "case `{case}` is not among those that could be read",
    "no-such-evaluator": "there is no evaluator `{evaluator}` for this case",
    "evaluators-are": "its evaluators: {known:names}",
    "no-turns": "case `{case}` is not a conversation, so it has no turns",
    "no-such-turn": "there is no answer to turn {turn}: the reference answer has {turns} turns",
    "no-reference": "case `{case}` has no reference answer to edit",
    "no-reference-hint": "write one into {file} and run promptstead accept, or give the whole answer as `output`",
    "no-replies-hint": "write the conversation into {file} and run promptstead accept",
    "reference-not-current": "the reference answer to case `{case}` is not current: run promptstead accept",
    "edit-not-json": "the reference answer is not JSON: {why}",
    "edit-other-form": "use `replace`, or give the whole answer as `output`",
    "edit-changes-nothing": "the edit changes nothing in the reference answer",
    "edit-no-json-value": "one of the values cannot be written as JSON",
    "edit-no-room": "the reference answer has nothing that could hold `{place}`",
    "edit-no-place": "the reference answer has nothing at `{place}`",
    "edit-not-found": "the reference answer does not hold `{text}`",
    "edit-found-often": "the reference answer holds `{text}` {n} times",
    "edit-quote-once": "quote a text that stands in it exactly once",
    "evaluator-gone": "evaluator `{evaluator}` no longer exists",
    "gives-no-verdict": "it gives `{value}`, which is neither a pass nor a fail: {reason}",
    "note-not-in-store": "the note is not in the store of answers",
}

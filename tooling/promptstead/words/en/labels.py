"""The fixed words of reports: verdicts, outcomes, levels, what became of a thing. The key is the word in JSON."""

WORDS = {
    word: word
    for word in (
        *("not valid", "fails what must not fail", "regression", "inconclusive", "worse, within margin"),
        *("not evaluated", "improvement", "no regression", "error", "warning", "note", "added", "removed", "changed"),
        *("system", "developer", "user", "assistant", "tool", "history", "examples", "pass", "fail", "unscored"),
        *("renamed", "breaking", "compatible", "partials", "inputs", "output", "tools", "model", "governance"),
        *("description", "current", "stale", "obsolete", "unavailable", "unknown", "pending"),
    )
}

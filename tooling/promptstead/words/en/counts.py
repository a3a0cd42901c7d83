"""How many of something a report counts. The key is the word in JSON, of one."""

WORDS = {
    "not valid": "{n} not valid",
    "regression": "{n} {n#regression|regressions}",
    "inconclusive": "{n} inconclusive",
    "worse, within margin": "{n} worse, within margin",
    "not evaluated": "{n} not evaluated",
    "improvement": "{n} {n#improvement|improvements}",
    "no regression": "{n} no regression",
    "error": "{n} {n#error|errors}",
    "warning": "{n} {n#warning|warnings}",
    "note": "{n} {n#note|notes}",
    "pass": "{n} pass",
    "fail": "{n} fail",
    "measured": "{n} with scores or labels only",
    "unscored": "{n} unscored",
    "case": "{n} {n#case|cases}",
    "answer": "{n} {n#answer|answers}",
    "fails what must not fail": "{n} {n#fails|fail} what must not fail",
    "unknown": "{n} unknown",
    "caught": "{n} caught",
    "let pass": "{n} let pass",
}

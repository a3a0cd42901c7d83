"""One render by the runtime's interpreter, against jinja2's compiled sandbox on the same template and values."""

import json
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from promptstead.runtime.filters import FILTERS
from promptstead.runtime.program import load
from promptstead.template.compiler import compile_template
from promptstead.template.parser import parse
from tests.benchmarks.measure import Result, alternate

TEMPLATE = """\
You sort what customers write to a retail bank. Answer in {{ language | upper }}.
Received on {{ received_on }} by {{ channel | default("letter") }}.
{% if customer.premium and customer.years > 5 %}
The customer has been with the bank for {{ customer.years }} years.
{% elif customer.years == 0 %}
The customer is new.
{% endif %}
Products held:
{% for product in products %}
{{ loop.index }}. {{ product.name | trim }} ({{ product.kind }}){% if not loop.last %},{% else %}.{% endif %}

{% endfor %}
{% if "card" in topics %}
Cards are blocked at any hour; say so first.
{% endif %}
Topics: {{ topics | join(", ") }}.
{{ complaint | fence("complaint") }}
"""
VALUES: dict[str, Any] = {
    "language": "en",
    "received_on": "2026-03-02",
    "customer": {"premium": True, "years": 7},
    "products": [{"name": f" Product {number} ", "kind": "account"} for number in range(8)],
    "topics": ["card", "fees", "transfer"],
    "complaint": "I was charged twice for the same purchase, and nobody answers the telephone. " * 12,
}
RENDERS = 1000


def once(runs: int = 15) -> Result:
    """Render one realistic message: loaded before, its values checked before (once a call, not once a message)."""
    loaded = load(json.loads(json.dumps(compile_template(parse(TEMPLATE)))))
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["fence"] = FILTERS["fence"]
    compiled = environment.from_string(TEMPLATE)

    if loaded(VALUES) != compiled.render(VALUES):
        raise SystemExit("the two do not render the same text, so their times cannot be compared")

    def ours() -> None:
        for _ in range(RENDERS):
            loaded(VALUES)

    def peer() -> None:
        for _ in range(RENDERS):
            compiled.render(VALUES)

    ours_time, peer_time = alternate(ours, peer, runs)
    return Result("render one message", "jinja2 sandbox", ours_time / RENDERS, peer_time / RENDERS, runs, 1.0)

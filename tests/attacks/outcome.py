"""What an attack found."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Outcome:
    """How much was tried, and what did not hold: each a line from which it can be repeated.

    :ivar facts: further counts that the attack wants said, name -> number.
    """

    tried: int = 0
    failures: list[str] = field(default_factory=list)
    facts: dict[str, int] = field(default_factory=dict)

"""What the policy of a repository says about comparisons."""

from typing import NamedTuple

from promptstead.config.settings import Config
from promptstead.model import Prompt


class Rules(NamedTuple):
    """What the policy of a repository says about a comparison.

    *margin* is the greatest that a prompt of this risk class may set. Where less than the share *comparable* of the
    base's judged cases can be compared, the comparison is inconclusive whatever it says.
    """

    margin: float = 1.0
    comparable: float = 0.5


NO_RULES = Rules()


def rules_for(policy: Config, *risks: str) -> Rules:
    """Return what the policy says about a prompt that has these risk classes, on the base and on the head."""
    margins = policy.margins
    return Rules(min(margins.get(risk, margins["default"]) for risk in risks or ("",)), policy.comparable_floor)


def risk_of(prompt: Prompt) -> str:
    """Return the risk class of a prompt; empty where it says none."""
    governance = prompt.data.get("governance")
    risk = governance.get("risk") if isinstance(governance, dict) else None
    return risk if isinstance(risk, str) else ""

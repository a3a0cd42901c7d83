"""Libraries that only the extra ``metrics`` brings: imported when an answer is judged with them."""

from importlib import import_module
from typing import Any

from promptstead.evaluators.shared.results import Unscored
from promptstead.words.sentence import say


def library(module: str) -> Any:
    """Return the module of a library behind the extra ``metrics``.

    :raises Unscored: it is not installed; the message names the extra.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        name = module.partition(".")[0]
        raise Unscored(say("evaluators.not-installed", library=name)) from None

"""What servers count, in their words, and what it comes to."""

from typing import Any

import pytest

from promptstead.config.prices import Price
from promptstead.model import Usage
from promptstead.providers import chat_completions, openai_responses

CHAT = {
    "prompt_tokens": 2000,
    "completion_tokens": 100,
    "prompt_tokens_details": {"cached_tokens": 1536, "cache_write_tokens": 200, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 64},
}
RESPONSES = {
    "input_tokens": 2000,
    "output_tokens": 100,
    "input_tokens_details": {"cached_tokens": 1536, "cache_write_tokens": 200},
    "output_tokens_details": {"reasoning_tokens": 64},
}


def chat(usage: Any) -> Usage:
    choice = {"message": {"content": "x"}, "finish_reason": "stop"}
    return chat_completions.read({"choices": [choice], "usage": usage}).usage


def responses(usage: Any) -> Usage:
    return openai_responses.read({"status": "completed", "output": [], "usage": usage}).usage


def test_both_apis_say_the_same() -> None:
    assert chat(CHAT) == responses(RESPONSES) == Usage(2000, 100, 1536, 200, 64)


def test_what_is_cached_may_be_counted_in_or_out() -> None:
    """DeepSeek and OpenAI count it in; a layer before Anthropic's API may count it beside the rest."""
    beside = {"prompt_tokens": 40, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 2000}}
    assert chat(beside) == Usage(2040, 5, 2000)


def test_the_total_tells_what_is_counted_beside() -> None:
    """xAI's usage as its page shows it, and Gemini's layer, whose thoughts are in the total alone."""
    grok = {
        "prompt_tokens": 10120,
        "completion_tokens": 1499,
        "total_tokens": 14428,
        "prompt_tokens_details": {"cached_tokens": 128},
        "completion_tokens_details": {"reasoning_tokens": 2809},
    }
    assert chat(grok) == Usage(10120, 1499 + 2809, 128, None, 2809)
    assert chat({"prompt_tokens": 20, "completion_tokens": 151, "total_tokens": 553}) == Usage(20, 533, reasoning=382)
    assert chat({"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 0}) == Usage(9, 5)
    assert chat({**CHAT, "total_tokens": 2100}) == Usage(2000, 100, 1536, 200, 64)
    apart = {"prompt_tokens": 464, "completion_tokens": 36, "total_tokens": 2300}
    assert chat({**CHAT, **apart}) == Usage(2200, 100, 1536, 200, 64)
    nobody_knows = {**CHAT, "total_tokens": 2111}
    assert chat(nobody_knows) == Usage(2000, 100, 1536, 200, 64)


@pytest.mark.parametrize("details", [None, [], "x", *({"cached_tokens": count} for count in (-1, True, "9"))])
def test_what_is_no_count_is_unknown(details: Any) -> None:
    assert chat({"prompt_tokens": 9, "completion_tokens": 5, "prompt_tokens_details": details}) == Usage(9, 5)


def test_what_is_cached_has_its_own_price() -> None:
    usage = Usage(2000, 100, 1536, 200, 64)
    assert Price(2.5, 10).of(usage) == pytest.approx((2000 * 2.5 + 100 * 10) / 1e6)
    priced = Price(2.5, 10, 0.25, 3.125)
    assert priced.of(usage) == pytest.approx((264 * 2.5 + 1536 * 0.25 + 200 * 3.125 + 100 * 10) / 1e6)
    assert priced.of(Usage(2000, None, 1536)) is None
    assert priced.most(2000, 100) == pytest.approx((2000 * 3.125 + 100 * 10) / 1e6)
    assert Price(2, 8).of(Usage(10, 0, 8, 8)) == pytest.approx(16 * 2 / 1e6)

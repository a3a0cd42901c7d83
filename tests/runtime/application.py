"""An application, for the type checker: what a request goes to takes it as it is."""

from anthropic import Anthropic
from anthropic.types import Message
from openai import OpenAI
from openai.types.chat import ChatCompletion
from openai.types.responses import Response

from promptstead import PromptsteadError, open_bundle


def chat(client: OpenAI, text: str) -> str | None:
    """Ask by Chat Completions."""
    answer: ChatCompletion = client.chat.completions.create(**open_bundle("b")["shop/mood"].request(text=text))
    return answer.choices[0].message.content


def respond(client: OpenAI, text: str) -> str:
    """Ask by the Responses API."""
    answer: Response = client.responses.create(**open_bundle("b")["shop/mood"].request(text=text, api="responses"))
    return answer.output_text


def message(client: Anthropic, text: str) -> str:
    """Ask by Anthropic's Messages API; an error of ours is caught by its public name."""
    try:
        request = open_bundle("b").get("shop/mood")
    except PromptsteadError:
        return ""
    if request is None:
        return ""
    answer: Message = client.messages.create(**request.request(text=text, api="messages"))
    return "".join(block.text for block in answer.content if block.type == "text")

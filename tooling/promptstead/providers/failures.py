"""What a server, or the way to it, did instead of answering, as one :class:`ProviderError`."""

import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from promptstead.model import Json
from promptstead.providers.keys import Keys
from promptstead.providers.provider import ProviderError

MESSAGE_LENGTH = 300
MOST_COMPLAINTS = 5
_HTTP_BAD, _HTTP_UNAUTHORIZED, _HTTP_UNPAID, _HTTP_FORBIDDEN, _HTTP_NOT_FOUND = 400, 401, 402, 403, 404
_HTTP_TIMEOUT, _HTTP_TOO_LARGE, _HTTP_TOO_MANY = 408, 413, 429
_HTTP_SERVER = 500
_STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""Anthropic's kinds of errors -> the status that they come with, where the answer has not begun."""


def from_status(
    status: int, body: Json, headers: Mapping[str, str], *, server: str, model: str, keys: Keys
) -> ProviderError:
    """Return the failure that a response with *status* and a decoded *body* is.

    :param server: what to call the server: its name and address.
    :param keys: what the error may name, and never show.
    """
    said = message_of(body, keys.hide)
    quoted = f": {said}" if said else ""
    if status == _HTTP_TOO_MANY and code_of(body) in ("insufficient_quota", "billing_hard_limit_reached"):
        return ProviderError(f"{server} says that the quota is used up{quoted}", "refused", hint="look at its billing")
    if status == _HTTP_UNPAID or (status == _HTTP_BAD and "credit balance" in said):
        return ProviderError(
            f"{server} wants to be paid first ({status}){quoted}", "refused", hint="look at its billing"
        )
    if status == _HTTP_TOO_MANY:
        return ProviderError(
            f"{server} limits the rate of requests (429){quoted}", "rate-limit", retry_after=retry_after(headers)
        )
    if status >= _HTTP_BAD and "json_schema" in said and "json_object" in said:  # llama-cpp-python: with status 500
        return ProviderError(
            f"{server} does not accept an output schema in this form ({status}){quoted}",
            "refused",
            hint='if it supports the older form, set `json_schema = "json_object"` of the provider',
        )
    if status >= _HTTP_SERVER or status == _HTTP_TIMEOUT:
        return ProviderError(f"{server} fails ({status}){quoted}", "server", retry_after=retry_after(headers))
    if status < _HTTP_BAD:
        return ProviderError(f"{server} redirects to another address ({status})", "refused", hint="correct `base_url`")
    hint = {
        _HTTP_UNAUTHORIZED: f"check the key in {keys.source}" if keys.source else "name its key in `key_env`",
        _HTTP_FORBIDDEN: "ask whoever runs it for access",
        _HTTP_NOT_FOUND: "check the snapshot in the configuration, and `base_url`",
        _HTTP_TOO_LARGE: "send less, or attachments by their address",
    }.get(status, "change the prompt or its params")
    what = {
        _HTTP_UNAUTHORIZED: "does not accept the key",
        _HTTP_FORBIDDEN: f"does not allow the use of `{model}`",
        _HTTP_NOT_FOUND: f"has no model `{model}`, or is not at this address",
        _HTTP_TOO_LARGE: "finds the request too large",
    }.get(status, "refuses the request")
    return ProviderError(f"{server} {what} ({status}){quoted}", "refused", hint=hint)


def from_exception(error: BaseException, *, server: str) -> ProviderError:
    """Return the failure that an exception of the transport is, told by its first cause."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
        chain.append(cause)
    for cause in chain:
        if isinstance(cause, ProviderError):
            return cause
        if type(cause) is ssl.SSLCertVerificationError:  # aiohttp has a subclass without the message
            reason = cause.verify_message
            return ProviderError(
                f"the certificate of {server} is not trusted: {reason}",
                "refused",
                hint="set `ca_file` to its authority's",
            )
    names = {type(cause).__name__ for cause in chain}
    if names & {"ClientPayloadError", "ReadError", "RemoteProtocolError"}:
        return ProviderError(f"the answer of {server} broke off", "connection")
    if names & {"ServerDisconnectedError", "ClientOSError", "ConnectionResetError"}:
        return ProviderError(f"{server} closed the connection", "connection")
    if "ConnectionRefusedError" in names:
        return ProviderError(
            f"{server} cannot be reached: nothing listens there", "connection", hint="start it, or correct `base_url`"
        )
    reason = next((cause.strerror for cause in chain if isinstance(cause, OSError) and cause.strerror), "")
    return ProviderError(
        f"{server} cannot be reached{f': {reason}' if reason else ''}",
        "connection",
        hint="check `base_url`, the network and the proxy",
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait (RFC 9110, or ``retry-after-ms``), None if it does not.

    A date counts from the server's own ``date``, since the clock here may be another.
    """
    for name, size in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if value.replace(".", "", 1).isdecimal() and value.isascii():
            return float(value[:20]) * size
    moment = _date(headers.get("retry-after", ""))
    now = _date(headers.get("date", "")) or datetime.now(UTC)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def message_of(body: Json, hide: Callable[[str], str] = str) -> str:
    """Return what an error body says, without what *hide* takes out, cut to a readable length; or nothing."""
    body = body[0] if isinstance(body, list) and body else body  # Gemini's is a list of one
    error = body.get("error", body) if isinstance(body, dict) else body
    message = error.get("message") or error.get("detail") if isinstance(error, dict) else error
    if isinstance(message, dict):  # Mistral's
        message = message.get("detail")
    if isinstance(message, list):  # that of servers which check requests with pydantic
        message = "; ".join(_complaint(each) for each in message[:MOST_COMPLAINTS])
    if not isinstance(message, str) or message.lstrip().startswith("<"):
        return ""
    message = " ".join(hide(message).split()).rstrip(".")
    return message if len(message) <= MESSAGE_LENGTH else message[: MESSAGE_LENGTH - 1] + "…"


def _complaint(item: Json) -> str:
    if not isinstance(item, dict) or not isinstance(item.get("loc"), list):
        return str(item)[:MESSAGE_LENGTH]
    place = ".".join(str(part)[:MESSAGE_LENGTH] for part in item["loc"] if part != "body")
    return f"{place}: {str(item.get('msg'))[:MESSAGE_LENGTH]}"


def code_of(body: Json) -> Json:
    """Return the code of an error body, None where it has none."""
    error = body.get("error", body) if isinstance(body, dict) else None
    return error.get("code") or error.get("type") if isinstance(error, dict) else None


def status_of(code: Json) -> int:
    """Return the HTTP status that the code of an error stands for, where it came without one; 0 for none."""
    if isinstance(code, str):
        return _STATUSES.get(code, 0)
    return code if isinstance(code, int) and _HTTP_BAD <= code < 600 else 0

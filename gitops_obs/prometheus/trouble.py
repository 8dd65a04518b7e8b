"""What went wrong with a question to Prometheus, in words that say what to do."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, Any

from gitops_obs.errors import Diagnostic, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

FOR_ALL = ("OBS511", "OBS512")
"""Codes of what stands in the way of every further question too."""

_LONGEST = 200
_SECRET = re.compile(r"//[^/@\s]*@")
_TIMED_OUT = ("timeout", "canceled")


class Refused(Exception):  # noqa: N818  # control flow between the client and this module
    """An answer that holds no data: code of the finding, message and hint."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def data(answer: requests.Response) -> Any:
    """The `data` of an answer. Raises Refused where there is none."""
    if answer.status_code in (401, 403):
        hint = "set PROMETHEUS_TOKEN (and PROMETHEUS_TENANT, where tenants are told apart) to one that may read"
        raise Refused("OBS512", f"Prometheus lets us not in: {_status(answer)}", hint)
    body = _body(answer)
    if body is None or body.get("status") not in ("success", "error"):
        raise _no_api(answer)
    if body["status"] == "error":
        raise _said(answer, str(body.get("errorType", "")), str(body.get("error", "")))
    if "data" not in body:
        raise _no_api(answer)
    return body["data"]


def took_too_long(answer: requests.Response) -> bool:
    """Whether Prometheus gave up on a query that may take as long again."""
    return (_body(answer) or {}).get("errorType") in _TIMED_OUT


def instant(found: Any) -> list[Any]:
    """Series of an instant query, each (labels, [(time, value)]). Raises Refused for any other shape."""
    if isinstance(found, dict) and found.get("resultType") in ("scalar", "string"):
        return [({}, [tuple(found["result"])])]
    return _series(found, lambda one: [tuple(one["value"] if "value" in one else one["histogram"])])


def measured(found: Any) -> dict[str, Any]:
    """Series, samples and seconds of an instant query with statistics. Raises Refused for any other shape."""
    series, said = instant(found), found.get("stats") or {}
    samples = (said.get("samples") or {}).get("totalQueryableSamples", 0)
    return {"series": series, "samples": samples, "seconds": (said.get("timings") or {}).get("evalTotalTime", 0)}


def over_range(found: Any) -> list[Any]:
    """Series of a range query, each (labels, [(time, value), …]). Raises Refused for any other shape."""
    return _series(found, lambda one: one["values"] if "values" in one else one["histograms"])


def _series(found: Any, values: Callable[[Any], Any]) -> list[Any]:
    try:
        return [(dict(one["metric"]), values(one)) for one in found["result"]]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise _odd() from None


def texts(found: Any) -> list[str]:
    """A list of texts. Raises Refused for any other shape."""
    if not isinstance(found, list):
        raise _odd()
    return [str(text) for text in found]


def metadata(found: Any) -> dict[str, list[dict[str, str]]]:
    """Metadata by metric. Raises Refused for any other shape."""
    if not isinstance(found, dict):
        raise _odd()
    return found


def _odd() -> Refused:
    hint = "name the address of Prometheus itself, and see what `curl <address>/api/v1/query?query=1` says"
    return Refused("OBS514", "the answer has not the shape of Prometheus' API", hint)


def explained(error: Exception, url: str, timeout: float) -> Diagnostic:
    """The finding for what came up while asking `url`, which holds no credentials."""
    import requests  # noqa: PLC0415

    if isinstance(error, Refused):
        return Diagnostic(error.code, error.message, Span(url), hint=error.hint)
    if isinstance(error, requests.exceptions.ReadTimeout) or "Read timed out" in str(error):
        hint = "ask for less (--since 1d, a coarser --step, fewer services), or wait longer with --timeout"
        return Diagnostic("OBS519", f"no answer from Prometheus within {timeout:g} s", Span(url), hint=hint)
    if isinstance(error, (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)):
        hint = "ask again; if it stays, a proxy in between may cut long answers: ask for less with --since or --step"
        return Diagnostic("OBS514", "the answer of Prometheus broke off", Span(url), hint=hint)
    hint = "see whether it runs and whether this machine may reach it; name another with --prometheus or PROMETHEUS_URL"
    return Diagnostic("OBS511", f"cannot reach Prometheus: {_reason(error)}", Span(url), hint=hint)


def _said(answer: requests.Response, kind: str, text: str) -> Refused:
    """What Prometheus itself says about the question."""
    if answer.status_code == 429:  # noqa: PLR2004
        return _busy(answer)
    hint = "try the query in Prometheus; `--output-format json` shows it"
    if kind in _TIMED_OUT or "maximum samples" in text:
        hint = "ask for less: a shorter --since or a coarser --step"
    elif answer.status_code >= 500:  # noqa: PLR2004
        hint = "look at its log, and ask again later"
    return Refused("OBS513", f"Prometheus cannot answer: {_clean(text) or _status(answer)}", hint)


def _no_api(answer: requests.Response) -> Refused:
    """What no Prometheus says: a page for people, a redirect to a login, half an answer."""
    if answer.status_code == 429 or answer.status_code >= 500:  # noqa: PLR2004
        return _busy(answer)
    if answer.is_redirect:
        hint = "an address that leads to a login is one for browsers: name that of the API, and set PROMETHEUS_TOKEN"
        return Refused("OBS514", f"it redirects instead of answering: {_status(answer)}", hint)
    what = answer.headers.get("Content-Type", "").partition(";")[0] or "no content type"
    hint = "name the address below which /api/v1/query is, such as https://mimir.example/prometheus"
    return Refused("OBS514", f"that is not the API of Prometheus: {_status(answer)}, {_clean(what)}", hint)


def _busy(answer: requests.Response) -> Refused:
    hint = "ask again later, or more slowly with --rate and --jobs 1"
    return Refused("OBS513", f"Prometheus, or what stands before it, is busy: {_status(answer)}", hint)


def _body(answer: requests.Response) -> dict[str, Any] | None:
    import orjson  # noqa: PLC0415  # what `--help` need not pay

    try:
        body = orjson.loads(answer.content)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _status(answer: requests.Response) -> str:
    return f"{answer.status_code} {_clean(answer.reason or '')}".strip()


def _reason(error: BaseException) -> str:
    """The innermost reason; the outer ones repeat addresses, and with them whatever stands in these."""
    seen: list[BaseException] = []
    inner: Any = error
    while isinstance(inner, BaseException) and inner not in seen:
        seen.append(inner)
        inner = getattr(inner, "reason", None) or inner.__cause__ or next(iter(inner.args), None)
    for found in reversed(seen):
        if isinstance(found, socket.gaierror):
            return "no such host"
        if isinstance(found, OSError) and found.strerror:
            return _clean(found.strerror[:1].lower() + found.strerror[1:])
    words = {"NameResolutionError": "no such host", "ConnectTimeoutError": "no connection within 5 s"}
    name = type(seen[-1]).__name__
    return words.get(name) or _clean(f"{name}: {seen[-1]}")


def _clean(text: str) -> str:
    short = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return " ".join(_SECRET.sub("//", short).split())

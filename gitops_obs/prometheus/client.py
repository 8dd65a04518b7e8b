"""Questions to Prometheus, Mimir, Cortex or Thanos over their HTTP API; nothing here changes anything there.

API: prometheus.io/docs/prometheus/latest/querying/api. Questions are POSTed where they may be long, and are repeated
when the connection breaks or the server is busy: reading twice is reading once.
"""

from __future__ import annotations

import base64
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from gitops_obs.errors import GitopsObsError
from gitops_obs.prometheus import trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import requests

    from gitops_obs.errors import Diagnostic
    from gitops_obs.prometheus.address import Address

MOST_POINTS = 11_000
"""Points of one series in one answer (prometheus, web/api/v1/api.go: "exceeded maximum resolution of 11,000")."""

_Read = TypeVar("_Read", list[Any], dict[str, Any])
_REMOTE = 3
_BUSY, _UNAVAILABLE = (429, 502, 504), 503

Series = tuple[dict[str, str], list[tuple[float, str]]]
"""Labels, and pairs of unix seconds and value as text, rising in time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is asked of the server.

    `parallel` questions are open at a time, besides one of the caller's own; `rate` is requests per second; `timeout`
    seconds for one answer; `retries` after a failure, waiting `backoff` seconds, then twice that and so on;
    `longest_wait` caps what `Retry-After` may ask for; `series` is the most of one answer.
    """

    parallel: int = 4
    rate: float = 10
    timeout: float = 120
    retries: int = 3
    backoff: float = 0.5
    longest_wait: float = 30
    series: int = 10_000


@dataclass
class Client:
    """One session to one Prometheus; may be used by several threads. `stopped` says why nobody is asked any more."""

    address: Address
    limits: Limits = field(default_factory=Limits)
    stopped: Diagnostic | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next: float = 0

    def __post_init__(self) -> None:
        self._session = _session(self.address, self.limits)

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def query(self, expr: str, at: float) -> list[Series]:
        """An instant query: the series at `at` (unix seconds). Raises GitopsObsError (OBS511 to OBS515, OBS519)."""
        return self._asked("query", self._question(expr, time=f"{at:.3f}"), trouble.instant)

    def query_range(self, expr: str, first: int, last: int, step: float) -> Iterator[list[Series]]:
        """A range query at the times `n * step` for n from `first` to `last`, in pieces of at most 11,000 points.

        `step` is in seconds. Raises as `query` does.
        """
        for begin in range(first, last + 1, MOST_POINTS):
            end = min(begin + MOST_POINTS - 1, last)
            times = {"start": f"{begin * step:.3f}", "end": f"{end * step:.3f}", "step": f"{step:.3f}"}
            yield self._asked("query_range", self._question(expr, **times), trouble.over_range)

    def measured(self, expr: str, at: float) -> dict[str, Any]:
        """An instant query with what it cost: `series`, `samples` read and `seconds` taken, 0 where nobody says.

        Raises as `query` does. Statistics: prometheus.io/docs/prometheus/latest/querying/api, `stats=all`.
        """
        return self._asked("query", self._question(expr, time=f"{at:.3f}", stats="all"), trouble.measured)

    def metric_names(self) -> list[str]:
        """Names of all metrics that the server knows. Raises as `query` does."""
        return self._asked("label/__name__/values", None, trouble.texts)

    def label_names(self, selector: str) -> list[str]:
        """Labels of the series that `selector` means. Raises as `query` does."""
        return self._asked("labels", {"match[]": selector}, trouble.texts)

    def metadata(self) -> dict[str, list[dict[str, str]]]:
        """Type, unit and help by metric; several where targets disagree. Raises as `query` does."""
        return self._asked("metadata", None, trouble.metadata)

    def count(self, selector: str, at: float) -> int:
        """How many series `selector` means at `at`. Raises as `query` does."""
        found = self.query(f"count({selector})", at)
        return int(float(found[0][1][0][1])) if found else 0

    def check(self) -> None:
        """Ask the cheapest question, so that what is wrong with the server is said once. Raises as `query` does."""
        self.query("vector(1)", time.time())

    def _question(self, expr: str, **times: str) -> dict[str, Any]:
        # Prometheus 3 cuts at `limit`, Thanos then leaves out no store without an error; others ignore both
        limits = {"timeout": f"{self.limits.timeout:g}s", "limit": self.limits.series + 1, "partial_response": "false"}
        return {"query": expr, **times, **limits}

    def _asked(self, path: str, data: dict[str, Any] | None, read: Callable[[Any], _Read]) -> _Read:
        if self.stopped:
            raise GitopsObsError(self.stopped, exit_code=_REMOTE)
        self._wait()
        try:
            return self._within_limits(read(trouble.data(self._answer(path, data))))
        except (trouble.Refused, OSError, ValueError) as error:
            found = trouble.explained(error, self.address.url, self.limits.timeout)
            if found.code in trouble.FOR_ALL:
                self.stopped = found
            raise GitopsObsError(found, exit_code=_REMOTE) from None

    def _answer(self, path: str, data: dict[str, Any] | None) -> requests.Response:
        """The answer, asked for again while the server is only starting or overloaded."""
        for attempt in range(self.limits.retries):
            answer = self._send(path, data)
            # 503 is also what Prometheus says after a query took too long
            if answer.status_code != _UNAVAILABLE or trouble.took_too_long(answer):
                return answer
            time.sleep(self.limits.backoff * 2**attempt)
        return self._send(path, data)

    def _send(self, path: str, data: dict[str, Any] | None) -> requests.Response:
        # a redirect would carry the question, and its credentials, to somebody whom nobody named
        url, settings = (
            f"{self.address.url}/api/v1/{path}",
            {"timeout": (5, self.limits.timeout), "allow_redirects": False},
        )
        if data is None:
            return self._session.get(url, **settings)  # type: ignore[arg-type]
        return self._session.post(url, data=data, **settings)  # type: ignore[arg-type]

    def _within_limits(self, answer: _Read) -> _Read:
        if len(answer) <= self.limits.series:
            return answer
        message = f"an answer has more than {self.limits.series} series"
        hint = "aggregate in the alert's expression, or allow more with --max-series"
        raise trouble.Refused("OBS515", message, hint)

    def _wait(self) -> None:
        """Let no more than `rate` requests a second begin."""
        with self._lock:
            now = time.monotonic()
            begin = max(now, self._next)
            self._next = begin + 1 / self.limits.rate
        time.sleep(begin - now)


def _session(address: Address, limits: Limits) -> requests.Session:
    import requests  # noqa: PLC0415  # 60 ms that `--help` need not pay
    from requests.adapters import HTTPAdapter  # noqa: PLC0415
    from urllib3.exceptions import ReadTimeoutError  # noqa: PLC0415
    from urllib3.util import Retry  # noqa: PLC0415

    class Patience(Retry):
        """Repeats what may help, and waits no longer than it likes."""

        def get_retry_after(self, response: Any) -> float | None:
            wait = super().get_retry_after(response)
            return None if wait is None else min(wait, limits.longest_wait)

        def increment(
            self,
            method: str | None = None,
            url: str | None = None,
            response: Any = None,
            error: Exception | None = None,
            *rest: Any,
            **named: Any,
        ) -> Any:
            if isinstance(error, ReadTimeoutError):
                raise error  # what took too long takes as long again
            return super().increment(method, url, response, error, *rest, **named)

    retry = Patience(
        total=limits.retries,
        backoff_factor=limits.backoff,
        status_forcelist=_BUSY,
        allowed_methods=("GET", "POST"),
        raise_on_status=False,
    )
    session = requests.Session()
    session.auth = _sign(address)
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=limits.parallel + 1, max_retries=retry))
    return session


def _sign(address: Address) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """Who asks. As the session's `auth`, so that requests never looks into ~/.netrc for a password."""
    headers = {"X-Scope-OrgID": address.tenant} if address.tenant else {}
    if address.token:
        headers["Authorization"] = f"Bearer {address.token}"
    elif address.user or address.password:
        pair = base64.b64encode(f"{address.user}:{address.password}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(headers)
        return request

    return sign

"""What the small services share: an HTTP server on a loopback port, and faults that a test switches on."""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

if TYPE_CHECKING:
    from collections.abc import Callable

SLOW_SECONDS = 0.6
QUICK_SECONDS = 0.004
WELL, FAILED, LOST = "well", "failed", "lost"


class Faults:
    """Faults by name, switched through `/fault?on=1&kind=errors`. Shares are counted, so nothing is left to chance.

    `errors` makes every third piece of work fail, `flaky` every twentieth; `slow` slows down every second; `lost`
    breaks off every twentieth before there is an outcome.
    """

    def __init__(self) -> None:
        self.on: dict[str, bool] = {}
        self._count = itertools.count()
        self._lock = threading.Lock()

    def switch(self, kind: str, on: str) -> None:
        """Turn the fault `kind` on with "1", off with anything else."""
        self.on[kind] = on == "1"

    def work(self) -> str:
        """Take the time that one piece of work takes; WELL, FAILED or LOST."""
        with self._lock:
            number = next(self._count)
        time.sleep(SLOW_SECONDS if self._hits("slow", number, 2) else QUICK_SECONDS)
        if self._hits("lost", number, 20):
            return LOST
        return FAILED if self._hits("errors", number, 3) or self._hits("flaky", number, 20) else WELL

    def _hits(self, kind: str, number: int, every: int) -> bool:
        return self.on.get(kind, False) and number % every == 0


def serve(answer: Callable[[str, str], int], faults: Faults, registry: CollectorRegistry = REGISTRY) -> None:
    """Serve until killed. `answer(method, path)` gives the status; the port is printed, or given as argument."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/metrics":
                self._reply(200, generate_latest(registry))
            elif url.path == "/fault":
                query = dict(parse_qsl(url.query))
                faults.switch(query["kind"], query["on"])
                self._reply(200, json.dumps(faults.on).encode())
            else:
                self._reply(answer(self.command, url.path), b"")

        do_POST = do_GET  # noqa: N815  # http.server's name

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()

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
_FAIL_EVERY, _SLOW_EVERY = 3, 2


class Faults:
    """Faults by name, switched through `/fault?on=1&kind=errors`; counted shares, so that nothing is left to chance."""

    def __init__(self) -> None:
        self.on: dict[str, bool] = {}
        self._count = itertools.count()
        self._lock = threading.Lock()

    def switch(self, kind: str, on: str) -> None:
        """Turn the fault `kind` on with "1", off with anything else."""
        self.on[kind] = on == "1"

    def work(self) -> bool:
        """Take the time that one piece of work takes; whether it succeeds."""
        with self._lock:
            number = next(self._count)
        slow = self.on.get("slow") and number % _SLOW_EVERY == 0
        time.sleep(SLOW_SECONDS if slow else QUICK_SECONDS)
        return not (self.on.get("errors") and number % _FAIL_EVERY == 0)


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

"""A server on the loopback interface that misbehaves exactly as told, and accepts nothing that Prometheus would not."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """One answer. `cut` announces more than it sends, `delay` waits so many seconds, `drop` hangs up at once."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    cut: bool = False
    delay: float = 0
    drop: bool = False


def vector(*series: dict[str, str]) -> Answer:
    """A successful instant answer."""
    result = [{"metric": labels, "value": [1, "1"]} for labels in series]
    return Answer(body=json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}}).encode())


def refusal(status: int, kind: str, text: str) -> Answer:
    """An error in the API's own shape."""
    return Answer(status, json.dumps({"status": "error", "errorType": kind, "error": text}).encode())


@dataclass
class Server:
    """What was asked, in order, as (method, path, form, headers), and the answers left; the last one repeats."""

    answers: list[Answer]
    url: str = ""
    asked: list[tuple[str, str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)
    busiest: int = 0
    _busy: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> Answer:
        """The answer to give now."""
        with self._lock:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def enter(self, by: int) -> None:
        """Count the questions that are being answered."""
        with self._lock:
            self._busy += by
            self.busiest = max(self.busiest, self._busy)


@contextmanager
def serving(*answers: Answer) -> Iterator[Server]:
    """A server with these answers, stopped afterwards."""
    server = Server(list(answers))
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(server)) as http:
        server.url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            self._answer(form)

        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def _answer(self, form: str) -> None:
            pairs = {key: values[0] for key, values in parse_qs(form, strict_parsing=bool(form)).items()}
            server.connections.add(self.client_address[1])
            server.asked.append((self.command, urlsplit(self.path).path, pairs, dict(self.headers)))
            server.enter(1)
            self._send(server.next())
            server.enter(-1)

        def _send(self, answer: Answer) -> None:
            time.sleep(answer.delay)
            if answer.drop:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body) + (100 if answer.cut else 0)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(answer.body)
            self.close_connection = answer.cut

        def log_message(self, *_arguments: Any) -> None:
            pass

    return Handler

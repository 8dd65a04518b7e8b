"""A stand-in for Slack's webhooks on a loopback port: it refuses what Slack refuses, and more, and keeps the rest.

What a message is: https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments, and
https://docs.slack.dev/messaging/formatting-message-text for what may stand in its texts.
"""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_TOP = {"channel", "username", "attachments", "text", "icon_emoji", "icon_url", "link_names"}
_LINK = re.compile(r"<https?://[^\s<>|]+\|[^<>|]+>|<!date\^\d+\^[^<>^|]+\|[^<>|]+>")
_ENTITY = re.compile(r"&(?:amp|lt|gt);")


class Slack:
    """Listens from its making until `stop`. `messages` are those taken, `refused` says why others were not."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.refused: list[str] = []
        slack = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                why = slack._take(self.path, self.headers.get("Content-Type", ""), body)
                self.send_response(400 if why else 200)
                self.send_header("Content-Type", "text/plain")
                self.end_headers()
                self.wfile.write((why or "ok").encode())

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/services/T00000000/B00000000/test"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def to(self, channel: str) -> list[dict[str, Any]]:
        """The attachments of messages to `channel`, in the order in which they came."""
        return [message["attachments"][0] for message in list(self.messages) if message["channel"] == channel]

    def _take(self, path: str, kind: str, body: bytes) -> str:
        why = "invalid_token" if not self.url.endswith(path) else _fault(kind, body)
        if why:
            self.refused.append(f"{why}: {body.decode('utf-8', 'replace')}")
        else:
            self.messages.append(json.loads(body))
        return why


def _fault(kind: str, body: bytes) -> str:
    """Why a request is no message, "" where it is one."""
    if kind.partition(";")[0].strip() != "application/json":
        return f"invalid_payload: content type {kind}"
    try:
        message = json.loads(body)
    except ValueError:
        return "invalid_payload: no JSON"
    if not isinstance(message, dict) or message.keys() - _TOP:
        return "invalid_payload: unknown fields"
    if not re.fullmatch(r"#[a-z0-9_-]{1,80}", message.get("channel", "")):
        return "channel_not_found"
    attachments = message.get("attachments") or []
    if len(attachments) != 1:
        return "no_text"
    texts = [(attachments[0], name) for name in ("title", "text", "fallback")]
    texts += [(field, name) for field in attachments[0].get("fields", ()) for name in ("title", "value")]
    return next((why for part, name in texts if (why := bad_text(part, name))), "")


def bad_text(part: dict[str, Any], name: str) -> str:
    """Slack shows the markup of a forged link, and half an entity as it stands; here neither may occur."""
    text = part.get(name)
    if not isinstance(text, str) or not text.strip():
        return f"no_text: {name}"
    rest = _LINK.sub("", _ENTITY.sub("", text))
    return f"invalid_blocks: {name} is not escaped: {rest}" if set("<>&") & set(rest) else ""

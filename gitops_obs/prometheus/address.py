"""Which Prometheus is asked, and what it is told about who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit, urlunsplit

from gitops_obs.errors import Diagnostic, GitopsObsError, Severity, Span
from gitops_obs.inputs import PROJECT_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

URL, TOKEN, TENANT = "PROMETHEUS_URL", "PROMETHEUS_TOKEN", "PROMETHEUS_TENANT"


@dataclass(frozen=True, slots=True)
class Address:
    """`url` holds no credentials, so it may be printed; `user`, `password` and `token` are "" where there are none.

    `tenant` goes into the header `X-Scope-OrgID`, which Mimir, Cortex and Thanos read.
    """

    url: str
    user: str = ""
    password: str = ""
    token: str = ""
    tenant: str = ""

    def __repr__(self) -> str:
        """Without credentials, for logs and tracebacks."""
        return f"Address({self.url!r})"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says: an address, the name of an environment, whether a file's address gets the token."""

    url: str = ""
    environment: str = ""
    trust_file: bool = False


def find(
    asked: Asked, environ: Mapping[str, str], environments: Mapping[str, Mapping[str, Any]]
) -> tuple[Address, list[Diagnostic]]:
    """The address, and a warning OBS518 where the token is held back.

    In this order: the command line, `PROMETHEUS_URL`, the environment `asked` for in the project file or the first one
    there. A token comes from `PROMETHEUS_TOKEN` alone. An address that only a file in the repository names gets none:
    whoever can change that file could read the token. Raises GitopsObsError (OBS510) where there is no address.
    """
    ours = environ.get(URL, "").strip()
    text = asked.url or ("" if asked.environment else ours) or _from_file(asked.environment, environments)
    address = _split(text, environ)
    named = asked.url or ours == text or asked.trust_file
    if named or not address.token:
        return address, []
    message = f"{TOKEN} is not sent to {address.url}, which only {PROJECT_FILE} names"
    hint = f"set {URL}={address.url}, or pass --allow-config-url if you trust the file"
    held = Diagnostic("OBS518", message, Span(PROJECT_FILE), Severity.WARNING, hint=hint)
    return Address(address.url, address.user, address.password, tenant=address.tenant), [held]


def _from_file(name: str, environments: Mapping[str, Mapping[str, Any]]) -> str:
    if name and name not in environments:
        known = f"there are {', '.join(environments)}" if environments else "it names none under `environments:`"
        raise _none(f"no environment `{name}` in {PROJECT_FILE}", f"{known}; or pass --prometheus URL")
    found = environments.get(name) if name else next(iter(environments.values()), {})
    url = (found or {}).get("prometheus", "")
    if not url:
        where = f"environment `{name}` names no `prometheus:`" if name else "no Prometheus is named"
        raise _none(
            where, f"pass --prometheus URL, set {URL}, or name it in {PROJECT_FILE}: environments.<name>.prometheus"
        )
    return str(url)


def _split(text: str, environ: Mapping[str, str]) -> Address:
    try:
        parts = urlsplit(text.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host or not text.isprintable() or parts.query or parts.fragment:
        # the text may hold a password, so it is not repeated
        raise _none(
            "the address of Prometheus is not one",
            "write it as https://prometheus.example or with a path, without `?` and `#`",
        )
    where = parts.netloc.rpartition("@")[2]
    url = urlunsplit((parts.scheme, where, parts.path.rstrip("/"), "", "")).removesuffix("/api/v1")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    token, tenant = (environ.get(name, "").strip() for name in (TOKEN, TENANT))
    return Address(url, user, password, token, tenant)


def _none(message: str, hint: str) -> GitopsObsError:
    return GitopsObsError(Diagnostic("OBS510", message, Span(PROJECT_FILE), hint=hint))

"""What is asked of a build, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitops_obs.errors import Severity

if TYPE_CHECKING:
    from datetime import date

    from gitops_obs.change import Change
    from gitops_obs.errors import Diagnostic


@dataclass(frozen=True, slots=True)
class Request:
    """What to build. Without names, owner or revision everything is built, and what no file describes is deleted.

    `today` is the day by which snoozed findings are said again; without one they are not.
    """

    check: bool = False
    names: tuple[str, ...] = ()
    owner: str = ""
    changed_since: str = ""
    jobs: int = 0
    today: date | None = field(default=None, compare=False)

    @property
    def whole(self) -> bool:
        """Whether all services are asked for."""
        return not (self.names or self.owner or self.changed_since)


@dataclass(slots=True)
class Result:
    """Findings, what changed (or would) under `generated/`, and how many services were looked at."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    checked: int = 0

    @property
    def failed(self) -> bool:
        """Whether there is any error."""
        return any(d.severity is Severity.ERROR for d in self.diagnostics)

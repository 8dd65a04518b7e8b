"""Objects whose live state differs from Git, and what to do about each.

**Question:** what exactly differs?

**Good:** empty.

**What to do:** the last column says what usually helps; the alert names the command that shows the fields. At most
fifty objects a source have a row here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs import kit
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import DriftSource, Service

TITLE = "Objects that drifted"

_ADVICE = {
    "changed": "Sync it; or commit the live value",
    "missing": "Sync it; or take it out of Git",
    "extra": "Add it to Git; or delete it",
    "pending": "Wait for the sync; held back on purpose?",
    "unknown": "Look at the checker first",
}
_COLOURS = {"changed": kit.WARN, "missing": kit.WARN, "extra": kit.WARN, "pending": "blue", "unknown": "purple"}


def build(service: Service) -> object | Omitted:
    """One row an object, with the time since when its source drifts."""
    if not service.drift:
        return Omitted("the service file names no path under `drift:`")
    since = "\nor\n".join(_since(source) for source in service.drift)
    expr = f'label_join(\n{since},\n  "object", "/", "namespace", "name"\n)'
    expr = f'label_replace({expr}, "advice", "$1", "status", "(.*)")'
    columns = [
        kit.Column("checker", "Checker", width=100),
        kit.Column("kind", "Kind", width=110),
        kit.Column("object", "Object"),
        kit.Column("status", "Status", width=80, cell="coloured", mappings=[_texts({k: k for k in _ADVICE}, _COLOURS)]),
        kit.Column("Value", "Since", unit="dateTimeFromNow", width=105),
        kit.Column("advice", "What to do", mappings=[_texts(_ADVICE)]),
    ]
    return kit.table(
        TITLE,
        "Objects whose live state differs from Git. Good: empty. The alert names the command that shows the fields."
        + kit.watched(service, drift_detected="GitOpsDrift", drift_old="GitOpsDriftOld"),
        [kit.instant(expr, kind="table")],
        columns,
        hidden=("source", "namespace", "name"),
        nothing="Nothing differs, or no check has run",
    )


def _since(source: DriftSource) -> str:
    match = f'checker="{source.checker}",source="{source.source}"'
    objects = f"max by (checker, source, kind, namespace, name, status) (gitops_obs_drift_resource_info{{{match}}})"
    first = f"max by (checker, source) (gitops_obs_drift_first_detected_timestamp_seconds{{{match}}})"
    return f"  {objects}\n  * on (checker, source) group_left () {first} * 1000"


def _texts(texts: dict[str, str], colours: dict[str, str] | None = None) -> dict[str, object]:
    results = {
        value: {"text": text, "index": n} | ({"color": colours[value]} if colours else {})
        for n, (value, text) in enumerate(texts.items())
    }
    return {"type": "value", "options": results}

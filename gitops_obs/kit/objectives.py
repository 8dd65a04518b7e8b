"""Where the service's own objectives and alerts draw the line, as steps of colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitops_obs import units
from gitops_obs.kit.colours import BAD, WARN
from gitops_obs.template import number

if TYPE_CHECKING:
    from gitops_obs.model import Availability, Latency, Service


def error_steps(service: Service) -> list[tuple[Any, str]]:
    """Orange where the error budget burns (the share that may fail), red where the alert error_ratio fires."""
    found, tuned = service.availability, _tuned(service, "error_ratio")
    burning = [(number(found.budget), WARN)] if found else []
    if tuned:
        return [*burning, (number(tuned), BAD)]
    return [*burning, (number(found.page_threshold), BAD)] if found and found.can_page else burning


def latency_steps(service: Service) -> list[tuple[Any, str]]:
    """From the seconds on within which requests must be answered: red where the alert latency pages, else orange."""
    tuned, setting = _tuned(service, "latency"), service.setting("latency")
    colour = BAD if setting and setting.severity == "page" else WARN
    if tuned:
        return [(number(tuned), colour)]
    return [(number(service.latency.seconds), colour)] if service.latency else []


def objectives(service: Service) -> list[tuple[str, Availability | Latency]]:
    """The objectives of the whole service by the label `slo` of their recorded series."""
    both = (("availability", service.availability), ("latency", service.latency))
    return [(slo, objective) for slo, objective in both if objective is not None]


def period(service: Service) -> str:
    """The period of the error budgets, the longer one where two differ in length; "" without objectives."""
    return max((objective.window for _, objective in objectives(service)), key=units.duration, default="")


def _tuned(service: Service, alert: str) -> str | None:
    setting = service.setting(alert)
    return setting.get("threshold") if setting and not setting.off else None

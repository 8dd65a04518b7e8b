"""Generated rules in a real Prometheus that scrapes real services."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.lab import project
from tests.e2e.lab.laboratory import Lab, gitops_obs
from tests.e2e.lab.wait import until

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("e2e")]

SERVICES = ("catalogue", "orders", "receipts")


def test_a_build_is_up_to_date_when_it_has_finished(lab: Lab) -> None:
    """`build` wrote exactly what `build --check` wants to see."""
    assert lab.built.stdout.startswith("Built 3 services: ")
    again = gitops_obs(lab.root, "build", "--check")
    assert again.returncode == 0, again.stdout + again.stderr


def test_no_alert_fires_while_all_is_well(lab: Lab) -> None:
    """From the first scrape on, no alert but for want of data fired."""
    lab.calm()
    assert lab.prometheus.instant('count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[5m]))') == []


@pytest.mark.parametrize("service", SERVICES)
def test_recorded_rates_are_what_the_load_is(lab: Lab, service: str) -> None:
    """Requests are as many as are sent, none of them fails, and durations are those of the handlers."""
    _near(lab, f'service:requests:rate10s{{service="{service}"}}', lambda found: 0.5 * project.RATE < found < 20)
    _near(lab, f'service:errors:rate10s{{service="{service}"}}', lambda found: found == 0)
    _near(lab, f'service:errors_per_requests:ratio_rate10s{{service="{service}"}}', lambda found: found == 0)
    _near(lab, f'service:duration_seconds:p99_rate10s{{service="{service}"}}', lambda found: 0.004 <= found < 0.25)


@pytest.mark.parametrize(
    ("service", "slo"), [("orders", "availability"), ("orders", "latency"), ("receipts", "availability")]
)
def test_the_budget_is_whole_while_all_is_well(lab: Lab, service: str, slo: str) -> None:
    """Nothing failed, so nothing of the error budget is spent."""
    selector = f'{{service="{service}",slo="{slo}"}}'
    _near(lab, f"service:error_budget_remaining:ratio{selector}", lambda found: found > 0.9)
    _near(lab, f"service:slo_errors_per_requests:ratio_rate1h{selector}", lambda found: found < 0.001)


@pytest.mark.parametrize(("service", "versions"), [("orders", ["1.4.2", "1.5.0"]), ("catalogue", ["2.7.0"])])
def test_running_versions_are_recorded(lab: Lab, service: str, versions: list[str]) -> None:
    """From OpenTelemetry's `target_info` and from a build info of the program's own."""
    found = lab.prometheus.instant(f'service:versions:info{{service="{service}"}}')
    assert sorted(series["metric"]["version"] for series in found) == versions


def _near(lab: Lab, expr: str, right: Callable[[float], bool]) -> None:
    """Wait for `expr` to have the right value."""
    until(lambda: lab.prometheus.value(expr), expr, right=lambda found: found is not None and right(found))

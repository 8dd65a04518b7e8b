"""What the alerts on Flux share: the object that the service names, and its metrics of both generations.

From Flux 2.1 on, kube-state-metrics tells the state of Flux's objects as labels of `gotk_resource_info`, with the
object's namespace as `exported_namespace`. Before, the controllers told it as values of `gotk_reconcile_condition` and
`gotk_suspend_status`, whose `namespace` becomes `exported_namespace` where the target has a namespace of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitops_obs import promql, proof, recorded, traffic
from gitops_obs.proof import Case, Claim, Firing
from gitops_obs.rules import Omitted

if TYPE_CHECKING:
    from gitops_obs.model import FluxObject, Service
    from gitops_obs.proof import Pace, Series
    from gitops_obs.rules import Alert

GROUP = "drift"
INFO, CONDITION, SUSPENDED = "gotk_resource_info", "gotk_reconcile_condition", "gotk_suspend_status"
NONE = Omitted("the service file names no object under `drift.flux`")

_QUICK = 900  # seconds; what waits longer is proven by the hour


def labels(of: FluxObject) -> tuple[tuple[str, str], ...]:
    """Labels as on every alert on drift."""
    return (("slo", "drift"), ("checker", "flux"), ("source", of.name))


def command(of: FluxObject, verb: str) -> str:
    """A command of Flux's command line for the object, such as `flux resume kustomization checkout -n shop`."""
    return f"`flux {verb} {of.kind.lower()} {of.name} -n {of.namespace}`"


def info(of: FluxObject, *match: str) -> str:
    """Series of the object from kube-state-metrics."""
    place = f'customresource_kind="{of.kind}",exported_namespace="{of.namespace}",name="{of.name}"'
    return promql.selector(INFO, place, *match)


def controller(metric: str, of: FluxObject, *match: str) -> str:
    """Series of the object from the controllers, however its namespace is called."""
    where = (f'exported_namespace="{of.namespace}"', f'namespace="{of.namespace}",exported_namespace=""')
    return " or ".join(promql.selector(metric, f'kind="{of.kind}",name="{of.name}"', place, *match) for place in where)


def exists(service: Service, of: FluxObject, *match: str) -> str:
    """1 where the object is like that, whatever its revision: kube-state-metrics tells it as labels of a 1."""
    return promql.aggregate("group", info(of, *match), recorded.level(service.project))


def highest(service: Service, expr: str) -> str:
    """The maximum over the controller's pods and the statuses of a condition."""
    return promql.aggregate("max", expr, recorded.level(service.project))


# proofs --------------------------------------------------------------------------------------------------------------

OLD = ("exported", "plain")
"""The forms in which the controllers' metrics come: with a namespace of the target, and without."""

_FORMS = {
    "state": 'namespace="monitoring",customresource_kind="{kind}",exported_namespace="{namespace}",name="{name}"',
    "exported": 'namespace="flux-system",kind="{kind}",exported_namespace="{namespace}",name="{name}"',
    "plain": 'kind="{kind}",namespace="{namespace}",name="{name}"',
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of the Flux object `of`, for cases about `alert`, which its id names as `lane`."""

    service: Service
    of: FluxObject
    alert: Alert
    lane: str

    @property
    def pace(self) -> Pace:
        """By the minute where that takes few steps."""
        return "minutes" if proof.seconds(self.alert.for_) <= _QUICK else "hours"

    def wait(self, pace: Pace) -> int:
        """Steps until the alert fires."""
        return proof.steps(self.alert.for_, pace)

    def case(self, about: str, pace: Pace, *series: Series, fires: bool) -> Case:
        """The alert fires when its `for` is over and no step earlier, or not at all."""
        at, name = self.wait(pace), self.alert.name
        found = (Firing(self.alert, traffic.cluster(self.service)),) if fires else ()
        before = (Claim(at - 1, name),) if at else ()
        told = tuple(pair for part in series for pair in part)
        return Case(self.lane, about, pace, told, claims=(*before, Claim(at, name, found)), subject=("flux", about))

    def own(self, form: str, metric: str, values: str, *match: str) -> Series:
        """A series of the object; `match` are the labels that change."""
        return (self._series(_FORMS[form], self.of, metric, values, *match),)

    def pods(self, form: str, metric: str, values: str, *match: str) -> Series:
        """A series of the object from two pods of the controller, and of a third that knows nothing yet."""
        none = proof.level("0", self.wait(self.pace))
        told = (("a", values), ("b", values), ("c", none))
        return tuple(pair for pod, said in told for pair in self.own(form, metric, said, *match, f'pod="{pod}"'))

    def strangers(self, form: str, metric: str, values: str, *match: str) -> Series:
        """The same of another kind, name and namespace; what is scraped in the object's namespace is another's too."""
        others = (
            (_FORMS[form], replace(self.of, kind="Bucket")),
            (_FORMS[form], replace(self.of, name="another")),
            (_FORMS[form].replace("flux-system", self.of.namespace), replace(self.of, namespace="another")),
        )
        return tuple(self._series(text, other, metric, values, *match) for text, other in others)

    def _series(self, form: str, of: FluxObject, metric: str, values: str, *match: str) -> tuple[str, str]:
        place = form.format(kind=of.kind, namespace=of.namespace, name=of.name)
        return f"{metric}{{{traffic.series_labels(self.service, place, *match)}}}", values

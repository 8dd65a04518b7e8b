"""One report with something of everything, and one that means harm."""

from __future__ import annotations

import pytest

from gitops_obs.errors import Diagnostic, Severity, Span
from gitops_obs.formats import Change, Report

SOURCES = {
    "services/checkout.yaml": (
        "service: checkout\n"
        "owner: payments\n"
        "telemetry:\n"
        "  preset: prometheus_http\n"
        "  select: {job: checkout}\n"
        "slos:\n"
        "  availability: 99.9%\n"
        "\n"
        "    latencyy_p99: 300ms\n"
        "description: 決済 💳 and café, then: nothing\n"
        "\tlinks: \x1b[31m\u202ered\n"
        "drift: " + "kubernetes " * 30 + "terraformm " + "ansible " * 30 + "\n"
        "panels:\n"
        "  - queue-dept\n"
        "  - other\n"
    ),
    "services/cart.yaml": "service: cart\nsinse: 2020\n",
    "services/search.yaml": "service: search\n\nsinse: 2019\n",
}
_DRIFT = "drift: " + "kubernetes " * 30
DIAGNOSTICS = (
    Diagnostic(
        "OBS101",
        "unknown key `latencyy_p99`",
        Span("services/checkout.yaml", 9, 5, 9, 17),
        label="not a field of `slos`",
        hint="did you mean `latency`?",
    ),
    Diagnostic("OBS004", "a value is missing", Span("services/checkout.yaml", 10, 31, 10, 38)),
    Diagnostic(
        "OBS002",
        "character U+001B cannot stand in a service file",
        Span("services/checkout.yaml", 11, 9, 11, 10),
        hint="delete it\nor write it as an escape",
    ),
    Diagnostic(
        "OBS101",
        "unknown key `terraformm`",
        Span("services/checkout.yaml", 12, len(_DRIFT) + 1, 12, len(_DRIFT) + 11),
        severity=Severity.WARNING,
        label="nothing of that name",
    ),
    Diagnostic(
        "OBS114", "unknown panel `queue-dept`", Span("services/checkout.yaml", 14, 5, 15, 10), label="from here"
    ),
    Diagnostic("OBS101", "unknown key `sinse`", Span("services/cart.yaml", 2, 1, 2, 6), hint="delete it"),
    Diagnostic("OBS101", "unknown key `sinse`", Span("services/search.yaml", 3, 1, 3, 6), hint="delete it"),
    Diagnostic("OBS005", "file is empty", Span("services/new service.yaml")),
    Diagnostic("OBS101", "unknown key `gone`", Span("services/unreadable.yaml", 3, 1, 3, 5)),
    Diagnostic("OBS122", "nothing to build", Span(""), hint="run `gitops-obs init`"),
    Diagnostic("OBS112", "`haproxy` knows no durations", Span("services/edge.yaml"), severity=Severity.INFO),
    Diagnostic("OBS999", "a plug-in has something to say", Span("services/edge.yaml"), severity=Severity.WARNING),
)
CHANGES = (
    Change("update", "generated/rules/payments/checkout.yaml", "checkout"),
    Change("create", "generated/dashboards/payments/checkout.json", "checkout"),
    Change("delete", "generated/rules/payments/legacy.yaml", "legacy"),
    Change("unchanged", "generated/rules/shop/cart.yaml", "cart"),
)

HOSTILE = [
    "two\nlines",
    "carriage\r\nreturn\rs",
    "\x1b[2J\x1b]8;;http://evil.example\x07click\x1b]8;;\x07",
    "::error file=x::owned",
    "a ::set-output name=x::y",
    "100%0A::warning::owned %25",
    "]]> <![CDATA[ & &amp; <script>alert(1)</script>",
    '"quotes" and \'quotes\' \\"',
    "| pipe \\| pipe",
    "`code` `open | <b>",
    "``` fence ```",
    "[link](https://evil.example) ![image](//evil.example/x.png) <https://evil.example>",
    "https://evil.example www.evil.example a@evil.example @somebody #1 GH-1",
    "`https://evil.example` `@somebody` `a@evil.example` `www.evil.example`",
    "*bold* _em_ ~~gone~~ $x$ :tada: # heading",
    "emoji 💳 combining e\u0301 wide 決済 family 👩\u200d👩\u200d👧",
    "right\u202eto left \u2028 separator \u0085 next",
    "nul \x00 bell \x07 delete \x7f c1 \x9b31m \ufffe \uffff",
    "]](x)",
    "",
    "x" * 5000,
]


@pytest.fixture
def report():
    """Everything that a report can hold."""
    return Report(
        diagnostics=DIAGNOSTICS,
        checked=12,
        command="build",
        source=SOURCES.get,
        changes=CHANGES,
        width=80,
    )


@pytest.fixture
def clean():
    """Twelve services without a finding."""
    return Report(diagnostics=(), checked=12, command="lint", source=SOURCES.get)


@pytest.fixture(params=HOSTILE, ids=lambda text: ascii(text)[1:25])
def hostile(request):
    """One text that tries to be more than text."""
    return request.param


@pytest.fixture
def hostile_report(hostile):
    """That text in every place to which a user's files can bring it."""
    name = f"services/{hostile or 'x'}.yaml"
    finding = Diagnostic("OBS101", hostile, Span(name, 1, 1, 1, 4), label=hostile, hint=hostile)
    return Report(
        diagnostics=(finding, Diagnostic("OBS005", hostile, Span(name))),
        checked=1,
        command=hostile,
        source=lambda _file: hostile,
        changes=(Change("create", name, hostile),),
    )

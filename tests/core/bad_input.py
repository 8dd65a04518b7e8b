"""Service files that must not be built, each with the finding that says why: code, line and column."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = "service: checkout\nowner: payments\ntelemetry: {preset: prometheus_http, select: {job: checkout}}\n"


@dataclass(frozen=True)
class Bad:
    """A file `services/checkout.yaml` and the first error in it; line 0 where the file as a whole is wrong."""

    id: str
    data: bytes
    code: str
    line: int
    column: int


def _bad(id_: str, text: str | bytes, code: str, line: int = 4, column: int = 1) -> Bad:
    return Bad(id_, text if isinstance(text, bytes) else text.encode(), code, line, column)


def _telemetry(id_: str, telemetry: str, code: str, column: int) -> Bad:
    text = f"service: checkout\nowner: payments\ntelemetry: {{{telemetry}}}\n"
    return _bad(id_, text, code, 3, column)


def _slo(id_: str, slos: str, code: str, column: int) -> Bad:
    return _bad(id_, f"{HEAD}slos: {{{slos}}}\n", code, 4, column)


def _test(id_: str, series: str, code: str, column: int) -> Bad:
    return _bad(id_, f"{HEAD}tests: [{{series: {{{series}}}, expect: [{{at: 1m, expr: up}}]}}]\n", code, 4, column)


def _name(id_: str, name: str, code: str = "OBS121") -> Bad:
    return _bad(id_, HEAD.replace("service: checkout", f"service: {name}"), code, 1, 10)


UNREADABLE = (
    _bad("latin 1", HEAD.encode() + b"description: caf\xe9\n", "OBS002", 4, 17),
    _bad("cut off in a character", HEAD.encode() + b"description: \xf0\x9f\x98", "OBS002", 4, 14),
    _bad("utf-16", HEAD.encode("utf-16"), "OBS002", 1, 1),
    _bad("surrogates", HEAD.encode() + b"description: \xed\xa0\x80\n", "OBS002", 4, 14),
    _bad("nul", HEAD + "description: a\0b\n", "OBS002", 4, 15),
    _bad("escape character", HEAD + "description: \x1b[31mred\n", "OBS002", 4, 14),
    _bad("delete character", HEAD + "description: a\x7f\n", "OBS002", 4, 15),
    _bad("next line, a break to some", HEAD + "description: a\u0085tier: 1\n", "OBS002", 4, 15),
    _bad("line separator, a break to some", HEAD + "description: a\u2028tier: 1\n", "OBS002", 4, 15),
    _bad("text turned around", HEAD + "description: a\u202eb\n", "OBS002", 4, 15),
    _bad("byte order mark inside", HEAD + "description: a\ufeffb\n", "OBS002", 4, 15),
    _bad("mark of a template", HEAD + "description: \ue0000\ue001\n", "OBS002", 4, 14),
    _bad("mark of a number", HEAD + "description: \ue002\n", "OBS002", 4, 14),
    _bad("mark of a template by escape", HEAD + 'description: "\\ue0000\\ue001"\n', "OBS002", 4, 14),
    _bad("mark of a template in a key", HEAD + 'slos:\n  routes:\n    "\\ue0000\\ue001": {}\n', "OBS002", 6, 5),
    _bad("nul by escape", HEAD + 'description: "a\\0b"\n', "OBS002", 4, 14),
    _bad("bell by escape", HEAD + 'description: "\\a"\n', "OBS002", 4, 14),
    _bad("line separator by escape", HEAD + 'description: "a\\Lb"\n', "OBS002", 4, 14),
    _bad("surrogate by escape", HEAD + 'description: "\\ud800"\n', "OBS004", 4, 17),
    _bad("no such character", HEAD + 'description: "\\U00110000"\n', "OBS004", 4, 17),
    _bad("empty", "", "OBS005", 0, 0),
    _bad("only blanks", " \n\n", "OBS005", 0, 0),
    _bad("only comments", "# to be written\n", "OBS005", 0, 0),
    _bad("only a marker", "---\n", "OBS005", 0, 0),
    _bad("nothing, written out", "null\n", "OBS005", 0, 0),
    _bad("a line too long to look at", HEAD + "description: " + "x" * 1024 * 1024 + "\n", "OBS003", 0, 0),
)

MALFORMED = (
    _bad("tab as indentation", "service: checkout\nslos:\n\tavailability: 99.9%\n", "OBS004", 3, 1),
    _bad("bracket left open", HEAD + "panels: [a\n", "OBS004", 5, 1),
    _bad("quote left open", HEAD + 'description: "a\n', "OBS004", 5, 1),
    _bad("colon in a plain value", HEAD + "description: a: b\n", "OBS004", 4, 15),
    _bad("value that begins with a backtick", HEAD + "description: `a`\n", "OBS004", 4, 14),
    _bad("value that begins with an at sign", HEAD + "description: @a\n", "OBS004", 4, 14),
    _bad("another YAML", "%YAML 3.0\n---\n" + HEAD, "OBS004", 1, 1),
    _bad("two documents", HEAD + "---\n" + HEAD, "OBS006", 4, 1),
    _bad("three markers", "---\n---\n" + HEAD, "OBS006", 2, 1),
    _bad("key twice", HEAD + "owner: shop\n", "OBS007"),
    _bad("key twice, once in quotes", HEAD + '"owner": shop\n', "OBS007"),
    _bad("key twice in braces", HEAD + "links: {logs: 'http://a', logs: 'http://b'}\n", "OBS007", 4, 27),
    _bad("anchor", HEAD + "description: &a text\n", "OBS008", 4, 14),
    _bad("alias of nothing", HEAD + "description: *a\n", "OBS008", 4, 14),
    _bad("merge key", HEAD + "<<: {tier: 1}\n", "OBS008"),
    _bad("merge key in quotes", HEAD + '"<<": {tier: 1}\n', "OBS008"),
    _bad("a billion laughs", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" + HEAD, "OBS008", 1, 4),
    _bad("list inside itself", "panels: &a [*a]\n", "OBS008", 1, 9),
    _bad("python tag", HEAD + 'description: !!python/object/apply:os.system ["id"]\n', "OBS009", 4, 14),
    _bad("python tag on the file", "!!python/name:os.system\n" + HEAD, "OBS009", 1, 1),
    _bad("tag of one's own", HEAD + "description: !secret a\n", "OBS009", 4, 14),
    _bad("tag that changes nothing", HEAD + "tier: !!int 1\n", "OBS009", 4, 7),
    _bad("tag by directive", "%TAG ! tag:example.org,2000:\n---\n" + HEAD + "tier: !x 1\n", "OBS009", 6, 7),
    _bad("deep in brackets", HEAD + "panels: " + "[" * 40 + "]" * 40 + "\n", "OBS010", 4, 40),
    _bad("deep in braces", HEAD + "links: " + "{a: " * 40 + "}" * 40 + "\n", "OBS010", 4, 132),
    _bad("deep in blocks", "".join(" " * n + "a:\n" for n in range(40)), "OBS010", 33, 33),
    _bad("deep in dashes", "- " * 40 + "a\n", "OBS010", 1, 65),
    _bad("deep in question marks", "? " * 40 + "a\n", "OBS010", 1, 65),
    _bad("a list as key", HEAD + "[a]: b\n", "OBS103", 4, 1),
    _bad("a mapping as key", HEAD + "? {a: b}\n: c\n", "OBS103", 4, 3),
    *(
        _bad(f"ambiguous {value}", f"{HEAD}description: {value}\n", "OBS011", 4, 14)
        for value in ("no", "Yes", "y", "N", "1.10", "12:30", "1:2:3", "0644", "-0644", "0o17", "0x1F", "1_000")
    ),
    *(
        _bad(f"ambiguous {value}", f"{HEAD}description: {value}\n", "OBS011", 4, 14)
        for value in ("1e3", ".5e3", ".inf", "-.INF", ".NaN", "+1", ".5", "1.", "1.5_0", "-1:30")
    ),
    _bad("ambiguous in a list", HEAD + "panels: [no]\n", "OBS011", 4, 10),
    _bad("ambiguous after a comment", HEAD + "description:\n  # why\n  no\n", "OBS011", 6, 3),
)

NAMES = (
    _name("capital letters", "Checkout"),
    _name("quotes", "it's"),
    _name("double quotes", "'a\"b'"),
    _name("slash", "a/b"),
    _name("parent folder", "../checkout"),
    _name("only dots", "'..'"),
    _name("emoji", "\U0001f600"),
    _name("letters of another alphabet", "\u0441heckout"),
    _name("200 characters", "x" * 200),
    _name("37 characters", "x" * 37),
    _name("blank", "'a b'"),
    _name("line break at the end", '"checkout\\n"'),
    _name("underscore", "check_out"),
    _name("dash at the end", "checkout-"),
    _name("nothing", '""'),
    _name("null", "null", "OBS103"),
    _name("a number", "7", "OBS103"),
    _name("another file's name", "basket", "OBS105"),
    _bad("owner that is a path", HEAD.replace("owner: payments", "owner: ../../etc"), "OBS121", 2, 8),
)

FIELDS = (
    _bad("a list", "- service: checkout\n", "OBS103", 1, 1),
    _bad("a text", "checkout\n", "OBS103", 1, 1),
    _bad("misspelt key", HEAD + "slo: {availability: 99%}\n", "OBS101"),
    _bad("key that is a number", HEAD + "1: a\n", "OBS101"),
    _bad("key that is null", HEAD + "~: a\n", "OBS101"),
    _bad("key that is a truth", HEAD + "true: a\n", "OBS101"),
    _bad("no owner", HEAD.replace("owner: payments\n", ""), "OBS102", 1, 1),
    _bad("no telemetry", "service: checkout\nowner: payments\n", "OBS102", 1, 1),
    _bad("tier out of range", HEAD + "tier: 5\n", "OBS104", 4, 7),
    _bad("tier in words", HEAD + "tier: one\n", "OBS103", 4, 7),
    _bad("address that is a script", HEAD + "links: {logs: 'javascript:alert(1)'}\n", "OBS104", 4, 15),
    _bad("address that leaves its quotes", HEAD + "links: {logs: 'http://a\"onload=b'}\n", "OBS104", 4, 15),
    _bad("runbook outside", HEAD + "links: {runbook: ../../etc/passwd}\n", "OBS104", 4, 18),
    _bad("runbook from the root", HEAD + "links: {runbook: /etc/passwd}\n", "OBS104", 4, 18),
    _bad("drift outside", HEAD + "drift: {kubernetes: a/../../b}\n", "OBS104", 4, 21),
    _bad("application that ends a selector", HEAD + "drift: {argocd: 'a\"}'}\n", "OBS104", 4, 17),
    _bad("application without a name", HEAD + "drift: {argocd: {namespace: argocd}}\n", "OBS102", 4, 9),
    _bad("application that is a list", HEAD + "drift: {argocd: [a]}\n", "OBS103", 4, 17),
    _bad(
        "namespace of an application with a slash",
        HEAD + "drift: {argocd: {application: a, namespace: b/c}}\n",
        "OBS104",
        4,
        45,
    ),
    _bad("unknown key of an application", HEAD + "drift: {argocd: {application: a, projekt: b}}\n", "OBS101", 4, 34),
    _bad("flux without a namespace", HEAD + "drift: {flux: {kustomization: a}}\n", "OBS102", 4, 9),
    _bad("flux without an object", HEAD + "drift: {flux: {namespace: a}}\n", "OBS102", 4, 9),
    _bad(
        "two objects of flux",
        HEAD + "drift: {flux: {kustomization: a, helmrelease: b, namespace: c}}\n",
        "OBS104",
        4,
        9,
    ),
    _bad("flux by name alone", HEAD + "drift: {flux: a}\n", "OBS103", 4, 15),
    _bad("panel twice", HEAD + "panels: [a, a]\n", "OBS104", 4, 9),
    _bad("unknown panel", HEAD + "panels: [a]\n", "OBS114", 4, 10),
    _bad("panel that is a path", HEAD + "panels: [../a]\n", "OBS104", 4, 10),
    _bad("unknown alert", HEAD + "alerts: {trafic_drift: off}\n", "OBS115", 4, 10),
    _bad("unknown setting", HEAD + "alerts: {error_ratio: {treshold: 5%}}\n", "OBS115", 4, 24),
    _bad("alert neither on nor off", HEAD + "alerts: {error_ratio: maybe}\n", "OBS104", 4, 23),
    _bad("alert that is nothing", HEAD + "alerts: {error_ratio: ~}\n", "OBS103", 4, 23),
    _bad("threshold that always fires", HEAD + "alerts: {error_ratio: {threshold: 0}}\n", "OBS104", 4, 35),
    _bad(
        "threshold of a billion digits", HEAD + "alerts: {error_ratio: {threshold: '1e999999999'}}\n", "OBS104", 4, 35
    ),
    _bad("threshold that is no number", HEAD + "alerts: {error_ratio: {threshold: NaN}}\n", "OBS104", 4, 35),
    _bad("duration that no rule takes", HEAD + "alerts: {error_ratio: {for: 0.0005s}}\n", "OBS104", 4, 29),
    _bad("duration of an age", HEAD + "alerts: {error_ratio: {for: 99999999999d}}\n", "OBS104", 4, 29),
    _bad(
        "two workloads", HEAD + "runs_on: {kubernetes: {namespace: a, deployment: b, daemonset: c}}\n", "OBS104", 4, 11
    ),
    _bad("no workload", HEAD + "runs_on: {kubernetes: {namespace: a}}\n", "OBS102", 4, 11),
)

TELEMETRY = (
    _telemetry("unknown preset", "preset: prometheus_htp, select: {job: a}", "OBS107", 21),
    _telemetry("preset that is a path", "preset: ../../etc/passwd, select: {job: a}", "OBS104", 21),
    _telemetry("preset that counts no requests", "preset: k8s_resources, select: {job: a}", "OBS107", 21),
    _telemetry("nothing selected", "preset: prometheus_http, select: {}", "OBS104", 46),
    _telemetry("everything selected", "preset: prometheus_http, select: {job: {re: .*}}", "OBS108", 38),
    _telemetry("only excluded", "preset: prometheus_http, select: {job: {ne: a}}", "OBS108", 38),
    _telemetry("needed label missing", "preset: envoy_cluster, select: {namespace: a}", "OBS108", 36),
    _telemetry("label that is a number", "preset: prometheus_http, select: {job: 1}", "OBS103", 52),
    _telemetry("label that ends a selector", 'preset: prometheus_http, select: {"a}": b}', "OBS104", 47),
    _telemetry("label with a line break", 'preset: prometheus_http, select: {"a\\n": b}', "OBS104", 47),
    _telemetry("two comparisons", "preset: prometheus_http, select: {job: {eq: a, ne: b}}", "OBS104", 52),
    _telemetry("half an expression", "preset: prometheus_http, select: {job: {re: '('}}", "OBS104", 52),
    _telemetry("expression of another dialect", "preset: prometheus_http, select: {job: {re: a++}}", "OBS104", 52),
    _telemetry("template of an alert", "preset: prometheus_http, select: {job: '{{ 1 }}'}", "OBS104", 52),
    _telemetry("no kind of histogram", "preset: prometheus_http, select: {job: a}, histogram: nativ", "OBS104", 67),
    _telemetry("no native histogram", "preset: kong, select: {service: a}, histogram: native", "OBS104", 60),
)

OBJECTIVES = (
    _slo("100 %", "availability: 100%", "OBS109", 22),
    _slo("above 100 %", "availability: 100.1%", "OBS109", 22),
    _slo("0 %", "availability: 0%", "OBS109", 22),
    _slo("below 0 %", "availability: -1", "OBS109", 22),
    _slo("comma", 'availability: "99,9%"', "OBS109", 22),
    _slo("not a number", "availability: NaN", "OBS109", 22),
    _test("samples in words", "'up{job=\"a\"}': ten", "OBS123", 34),
    _test("samples of half a repetition", "'up{job=\"a\"}': 0+10x", "OBS123", 34),
    _test("a series that is an expression", "sum(up): 1 2", "OBS123", 19),
    _test("a series with a pattern", "'up{job=~\"a\"}': 1 2", "OBS123", 19),
    _test("a series that does not parse", "'up{job=': 1 2", "OBS123", 19),
    _bad("a test that expects nothing", f"{HEAD}tests: [{{series: {{up: 1 2}}, expect: []}}]\n", "OBS104", 4, 37),
    _bad(
        "a test of no PromQL",
        f"{HEAD}tests: [{{series: {{up: 1}}, expect: [{{at: 1m, expr: 'sum('}}]}}]\n",
        "OBS201",
        4,
        51,
    ),
    _slo("words", "availability: three nines", "OBS109", 22),
    _slo("another script's digits", "availability: \u0669\u0669%", "OBS109", 22),
    _slo("a hundred nines", "availability: 99." + "9" * 100 + "%", "OBS109", 22),
    _slo("latency off the buckets", "latency: 99% < 240ms", "OBS110", 17),
    _slo("latency without a share", "latency: 250ms", "OBS109", 17),
    _slo("latency without a unit", "latency: 99% < 250", "OBS109", 17),
    _slo("latency of nothing", "latency: 99% < 0ms", "OBS109", 17),
    _slo("latency at 100 %", "latency: 100% < 250ms", "OBS109", 17),
    _slo("window too short", "availability: 99.9%, window: 6d", "OBS113", 22),
    _slo("window too long", "availability: 99.9%, window: 91d", "OBS113", 22),
    _slo("window of half a day", "availability: 99.9%, window: 7.5d", "OBS113", 22),
    _slo("window of an age", "availability: 99.9%, window: " + "9" * 40 + "d", "OBS113", 22),
    _slo("window in words", "availability: 99.9%, window: a month", "OBS104", 37),
    _slo("no objective", "window: 30d, availability: {window: 30d}", "OBS102", 21),
    _slo("route that is nothing", 'routes: {"": {availability: 99%}}', "OBS104", 17),
    _slo("bad objective of a route", "routes: {/pay: {availability: 100%}}", "OBS109", 38),
    Bad(
        "routes where none are told",
        (HEAD.replace("prometheus_http, select: {job", "istio, select: {destination_workload")).encode()
        + b"slos: {routes: {/pay: {availability: 99%}}}\n",
        "OBS117",
        4,
        8,
    ),
)

ALL = (*UNREADABLE, *MALFORMED, *NAMES, *FIELDS, *TELEMETRY, *OBJECTIVES)

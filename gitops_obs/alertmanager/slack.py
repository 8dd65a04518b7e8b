"""The message in Slack, as Go templates that Alertmanager 0.25 and later fill in.

Severity, service and what is wrong in the first line; then how much, since when and who is hurt. What to do now and
where to look stand in a field, because Slack folds a text of 700 characters or five line breaks, but never a field
(docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments).

Texts of alerts are data: `&`, `<` and `>` are escaped as Slack asks (and nothing else, for it decodes nothing else:
docs.slack.dev/messaging/formatting-message-text), so that no alert can mention a channel or forge a link; `*`, `_` and
backticks still format. Slack shows times in the reader's own time zone.

Every field of a message is a template of its own and brings along what it uses. A file of templates beside the
configuration would be shorter; but where it is forgotten, Alertmanager starts all the same and sends nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitops_obs.routing import Routing

_COLOURS = {"page": "danger", "ticket": "warning"}
_WORDS = {"page": "PAGE", "ticket": "TICKET"}
_LINKS = (("Runbook", "runbook_url"), ("What changed", "compare_url"), ("Service file", "service_file_url"))

_ESCAPED = """\
{{ define "gitops_obs.escaped" -}}
  {{ . | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;" }}
{{- end -}}
"""

_SUMMARY = """\
{{ define "gitops_obs.summary" -}}
  {{ template "gitops_obs.escaped" (or .Annotations.summary .Labels.alertname) }}
{{- end -}}
"""

# an alert that fires, or one that ended
_FIRST = """\
{{ $first := index .Alerts 0 -}}
{{ range .Alerts }}{{ if and (eq .Status "firing") (eq $first.Status "resolved") }}{{ $first = . }}{{ end }}{{ end -}}
"""

_TITLE = """\
{{ if eq .Status "firing" }}[@WORD@]{{ else }}[RESOLVED]{{ end }} {{ template "gitops_obs.summary" $first }}
{{- if gt (len .Alerts.Firing) 1 }} ({{ len .Alerts.Firing }} alerts){{ end }}"""

# what a telephone shows while it is locked
_FALLBACK = (
    _TITLE
    + """\
{{ if eq .Status "firing" }}{{ with $first.Annotations.description -}}
  : {{ template "gitops_obs.escaped" . }}
{{- end }}{{ end }}"""
)

# links of generated alerts hold a time; of others from an hour before the alert until now, or a quarter of an hour
# after its end; "" where Grafana's address is unknown
_DASHBOARD = """\
{{ define "gitops_obs.dashboard" -}}
  {{ if match "^https?://" .Annotations.dashboard_url -}}
    @URL@{{ if not (match "[?&]from=" .Annotations.dashboard_url) -}}
      {{ if match "[?]" .Annotations.dashboard_url }}@AND@{{ else }}?{{ end -}}
      from={{ (.StartsAt.Add -3600000000000).UnixMilli }}@AND@to=
      {{- if eq .Status "firing" }}now{{ else }}{{ (.EndsAt.Add 900000000000).UnixMilli }}{{ end -}}
    {{ end }}@CLUSTER@
  {{- end }}
{{- end -}}
"""
_CLUSTER = "{{ with .Labels.@LABEL@ }}@AND@var-cluster={{ . | urlquery }}{{ end }}"

_TIME = '<!date^{{ .@AT@.Unix }}^{date_short_pretty} {time}|{{ .@AT@.UTC.Format "2006-01-02 15:04" }} UTC>'

_ALERT = """\
{{ define "gitops_obs.alert" -}}
  {{ with .Annotations.description }}{{ template "gitops_obs.escaped" . }}
{{ end }}Since @STARTS@.
{{- with .Annotations.impact }} {{ template "gitops_obs.escaped" . }}{{ end }}
{{ end -}}
{{ define "gitops_obs.lasted" -}}
  {{ printf "%s" ((.EndsAt.Sub .StartsAt).Round 1000000000) | reReplaceAll "m0s$" "m" | reReplaceAll "h0m$" "h" -}}
  , until @ENDS@.
{{ end -}}
""".replace("@STARTS@", _TIME.replace("@AT@", "StartsAt")).replace("@ENDS@", _TIME.replace("@AT@", "EndsAt"))

# three alerts of a group in full, more of them by name; an action only where it is another than the first alert's
_BODY = """\
{{ range $n, $alert := .Alerts.Firing }}{{ if lt $n 3 }}{{ if $n }}
{{ end }}{{ if gt (len $.Alerts.Firing) 1 }}*{{ template "gitops_obs.summary" . }}*
{{ end }}{{ template "gitops_obs.alert" . }}
{{- with .Annotations.action }}{{ if ne . $first.Annotations.action }}*Do now:* {{ template "gitops_obs.escaped" . }}
{{ end }}{{ end }}
{{- else if lt $n 10 }}• {{ template "gitops_obs.summary" . }}
{{ else if eq $n 10 }}• and more
{{ end }}{{ end -}}
{{ range $n, $alert := .Alerts.Resolved }}{{ if lt $n 10 -}}
  {{ if gt (len $.Alerts) 1 }}Over: {{ template "gitops_obs.summary" . }}, lasted {{ else }}Lasted {{ end -}}
  {{ template "gitops_obs.lasted" . }}
{{- end }}{{ end -}}
"""

_HEADING = '{{ if and (eq .Status "firing") $first.Annotations.action }}Do now{{ else }}Look at{{ end }}'

_ACTION = """\
{{ if eq .Status "firing" }}{{ with $first.Annotations.action }}{{ template "gitops_obs.escaped" . }}
{{ end }}{{ end -}}
"""

_OPEN = """\
{{ $dot := "" }}{{ if match "^https?://" $first.Annotations.dashboard_url -}}
  <{{ template "gitops_obs.dashboard" $first }}|Dashboard>{{ $dot = " · " }}
{{- end }}"""

# a path in the repository, where that has no address, is shown as it is
_LINK = """
{{- with $first.Annotations.@NAME@ }}{{ $dot }}{{ $dot = " · " }}
  {{- if match "^https?://" . }}<{{ template "gitops_obs.escaped" . }}|@TITLE@>
  {{- else }}@TITLE@: {{ template "gitops_obs.escaped" . }}{{ end }}
{{- end }}"""

# without the name of the alert where there are several; what is left still names one thing
_SILENCE = """\
{{ if eq .Status "firing" }}{{ $dot }}<{{ .ExternalURL }}/#/silences/new?filter=%7B
{{- $comma := "" }}{{ range .CommonLabels.SortedPairs -}}
{{ if match "^(alertname|service|slo|severity|team@OR@)$" .Name -}}
  {{ $comma }}{{ .Name }}%3D%22{{ .Value | urlquery }}%22{{ $comma = "%2C" }}
{{- end }}{{ end }}%7D|Silence>{{ else }}{{ $dot }}<{{ .ExternalURL }}|Alertmanager>{{ end }}"""

_UNROUTED = """\
{{ with .CommonLabels.team }}The project file names no Slack channel for these alerts of {{ . }}.
{{ end -}}
"""


def receiver(name: str, channel: str, severity: str, routing: Routing) -> dict[str, Any]:
    """A receiver that writes to `channel`. `severity` is page or ticket, "" for the receiver of alerts of nobody."""
    colour = _COLOURS.get(severity, "warning")
    word = _WORDS.get(severity, '{{ or .CommonLabels.severity "alert" | toUpper }}')
    address = _dashboard("{{ .Annotations.dashboard_url }}", "&", routing.cluster_label)
    config = {
        "channel": channel,
        "send_resolved": True,
        "color": f'{{{{ if eq .Status "firing" }}}}{colour}{{{{ else }}}}good{{{{ end }}}}',
        "title": _ESCAPED + _SUMMARY + _FIRST + _TITLE.replace("@WORD@", word),
        "title_link": address + _FIRST + '{{ template "gitops_obs.dashboard" $first }}',
        "fallback": _ESCAPED + _SUMMARY + _FIRST + _FALLBACK.replace("@WORD@", word),
        "text": _ESCAPED + _SUMMARY + _ALERT + _FIRST + ("" if severity else _UNROUTED) + _BODY,
        "fields": [{"title": _FIRST + _HEADING, "value": _field(routing.cluster_label)}],
        "mrkdwn_in": ["text", "fields"],
    }
    if routing.token_file:
        config["http_config"] = {"authorization": {"type": "Bearer", "credentials_file": routing.token_file}}
    return {"name": name, "slack_configs": [config]}


def _field(cluster_label: str) -> str:
    """What to do, and where to look."""
    links = "".join(_LINK.replace("@NAME@", name).replace("@TITLE@", title) for title, name in _LINKS)
    silence = _SILENCE.replace("@OR@", f"|{cluster_label}" if cluster_label else "")
    address = _dashboard('{{ template "gitops_obs.escaped" .Annotations.dashboard_url }}', "&amp;", cluster_label)
    return _ESCAPED + address + _FIRST + _ACTION + _OPEN + links + silence


def _dashboard(url: str, ampersand: str, cluster_label: str) -> str:
    """The template of the dashboard's address: plain where Slack wants an address, escaped inside of a text."""
    cluster = _CLUSTER.replace("@LABEL@", cluster_label) if cluster_label else ""
    return _DASHBOARD.replace("@CLUSTER@", cluster).replace("@URL@", url).replace("@AND@", ampersand)

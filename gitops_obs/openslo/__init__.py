"""OpenSLO v1: SLO documents into service files, and services into SLO documents.

OpenSLO (github.com/OpenSLO/OpenSLO, README.md at commit aa5cb78, whose words of the specification are meant wherever
this package says *the specification*) describes objectives for any tool: kinds SLO, SLI, Service, DataSource,
AlertPolicy, AlertCondition and AlertNotificationTarget, several documents in one YAML file. Both directions are pure,
text in, text and findings out, and whatever one side can say and the other cannot is a finding: nothing is lost
silently.

| module | what it does |
| --- | --- |
| `documents` | YAML text → objects by kind and name, each field with its place (OBS140, OBS144) |
| `wanted` | an SLO and its SLI → what it asks of which requests (OBS141, OBS142) |
| `reading` | its queries → what a preset would call them |
| `services` | the SLOs of a service → preset, select and `slos:` of its file (OBS141 to OBS143) |
| `text` | that, as YAML |
| `exported` | a service → documents, and what they cannot say (OBS146) |
"""

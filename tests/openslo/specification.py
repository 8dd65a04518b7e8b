"""The structure of OpenSLO v1 as its specification gives it, strict: nothing that it does not name may stand anywhere.

Written by hand from github.com/OpenSLO/OpenSLO, README.md at commit aa5cb78 (sections *General Schema* to *Service*);
the repository has had no JSON Schema since 2024. Where the specification and its Go SDK (github.com/OpenSLO/go-sdk,
pkg/openslo/v1) differ, the stricter of the two is meant: names are RFC 1123 labels, a ratio objective has no `op`.
"""

from __future__ import annotations

from typing import Any

import jsonschema
import yaml

NAME = {"type": "string", "maxLength": 63, "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"}
TEXT = {"type": "string", "minLength": 1}
DESCRIPTION = {"type": "string", "maxLength": 1050}
DURATION = {"type": "string", "pattern": "^[1-9][0-9]*[mhdwMQY]$"}
KEY = {"pattern": "^[a-z0-9A-Z]([a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$"}
ANNOTATION = {"pattern": "^([a-z0-9-]+([.][a-z0-9-]+)*/)?[a-z0-9A-Z]([a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$"}


def mapping(needed: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """A mapping with these keys and no others."""
    known = needed | (optional or {})
    return {"type": "object", "properties": known, "required": list(needed), "additionalProperties": False}


METADATA = mapping(
    {"name": NAME},
    {
        "displayName": TEXT,
        "labels": {
            "type": "object",
            "propertyNames": KEY,
            "additionalProperties": {"oneOf": [TEXT, {"type": "array", "items": TEXT}]},
        },
        "annotations": {"type": "object", "propertyNames": ANNOTATION, "additionalProperties": TEXT},
    },
)


def inline(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    """An object inside another one: with kind, metadata and spec, without a version."""
    return mapping({"kind": {"const": kind}, "metadata": METADATA, "spec": spec})


SOURCE = mapping(
    {"metricSource": mapping({"spec": {"type": "object", "minProperties": 1}}, {"metricSourceRef": NAME, "type": TEXT})}
)
RATIO = {
    "oneOf": [
        mapping({"counter": {"type": "boolean"}, "good": SOURCE, "total": SOURCE}),
        mapping({"counter": {"type": "boolean"}, "bad": SOURCE, "total": SOURCE}),
    ]
}
CONDITION = mapping(
    {
        "kind": {"const": "burnrate"},
        "op": {"enum": ["lte", "gte", "lt", "gt"]},
        "threshold": {"type": "number"},
        "lookbackWindow": DURATION,
    },
    {"alertAfter": DURATION},
)
CONDITION_SPEC = mapping({"severity": TEXT, "condition": CONDITION}, {"description": DESCRIPTION})
TARGET_SPEC = mapping({"target": TEXT}, {"description": DESCRIPTION})
POLICY_SPEC = mapping(
    {
        "conditions": {
            "type": "array",
            "items": inline("AlertCondition", CONDITION_SPEC),
            "minItems": 1,
            "maxItems": 1,
        },
        "notificationTargets": {
            "type": "array",
            "items": inline("AlertNotificationTarget", TARGET_SPEC),
            "minItems": 1,
        },
        "alertWhenNoData": {"type": "boolean"},
        "alertWhenResolved": {"type": "boolean"},
        "alertWhenBreaching": {"type": "boolean"},
    },
    {"description": DESCRIPTION},
)
OBJECTIVE = mapping({"target": {"type": "number", "minimum": 0, "exclusiveMaximum": 1}}, {"displayName": TEXT})
SLO_SPEC = mapping(
    {
        "service": NAME,
        "indicator": mapping({"metadata": METADATA, "spec": mapping({"ratioMetric": RATIO})}),
        "timeWindow": {
            "type": "array",
            "items": mapping({"duration": DURATION, "isRolling": {"const": True}}),
            "minItems": 1,
            "maxItems": 1,
        },
        "budgetingMethod": {"enum": ["Occurrences", "Timeslices", "RatioTimeslices"]},
        "objectives": {"type": "array", "items": OBJECTIVE, "minItems": 1},
    },
    {
        "description": DESCRIPTION,
        "alertPolicies": {"type": "array", "items": inline("AlertPolicy", POLICY_SPEC), "minItems": 1},
    },
)
SPECS = {"Service": mapping({}, {"description": DESCRIPTION}), "SLO": SLO_SPEC}


def documents(text: str) -> list[Any]:
    """The documents in `text`, as any YAML reader has them."""
    return list(yaml.safe_load_all(text))


def problems(text: str) -> list[str]:
    """What in `text` does not hold to the specification."""
    found = []
    for document in documents(text):
        spec = SPECS.get(document.get("kind"), {"not": {}})
        schema = mapping(
            {
                "apiVersion": {"const": "openslo/v1"},
                "kind": {"enum": list(SPECS)},
                "metadata": METADATA,
                "spec": spec,
            }
        )
        found += [
            f"{error.json_path}: {error.message}"
            for error in jsonschema.Draft202012Validator(schema).iter_errors(document)
        ]
    return found

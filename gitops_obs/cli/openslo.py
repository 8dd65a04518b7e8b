"""Export SLOs as OpenSLO documents, and import such documents.

OpenSLO v1 is a YAML format for objectives that several tools read and write. Whatever one side can say and the other
cannot is a finding.

Examples:
  gitops-obs openslo export checkout              # print its documents
  gitops-obs openslo export --output-dir openslo  # one file a service
  gitops-obs openslo import slo.yaml              # write service files
"""

from __future__ import annotations

from gitops_obs.cli import _options
from gitops_obs.cli._group import Group

command = Group("openslo", within="_openslo", help=__doc__, params=_options.common())

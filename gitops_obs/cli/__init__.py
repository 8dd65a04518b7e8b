"""The command line: one command per file, named as the command and imported only when it runs.

Each does the same four things: parse, one call, format, exit code. Names that begin with `_` are shared parts.
"""

from __future__ import annotations

# Nothing here may use the builtin `list`: importing the command of that name puts its module in this namespace.
from gitops_obs.cli._group import group

__all__ = ["group"]

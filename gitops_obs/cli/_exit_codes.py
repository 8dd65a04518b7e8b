"""Exit codes, one table for every command.

| code | meaning |
| --- | --- |
| 0 | Done, and nothing needs you. |
| 1 | There are findings at or above `--fail-on`, or `generated/` is stale. |
| 2 | The command line or the configuration is wrong; nothing was checked. |
| 3 | A remote system failed, in whole or in part. |
| 70 | A bug of gitops-obs. `.gitops-obs/crash.md` describes it for a report. |
| 130 | Interrupted with Ctrl-C. |

With `--output-format sarif` findings exit 0: code scanning takes any other code for a crash of the tool.
"""

from __future__ import annotations

OK, FINDINGS, USAGE, REMOTE, BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130

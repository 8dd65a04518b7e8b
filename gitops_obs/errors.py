"""What can be said about a user's files: findings are data, collected and never raised one by one."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Severity(enum.IntEnum):
    """How much a finding matters; the order is that of `--fail-on` and `--min-severity`."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The lower-case word that is printed and that options take."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file. Lines and columns count from 1, columns in characters; the end is exclusive.

    `line` 0 means the file as a whole. `file` is relative to the project's root, with forward slashes.
    """

    file: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `code` names its page in `gitops_obs/findings/`; `message` says what is wrong in the user's words (at most 100
    characters where it can be, no full stop); `label` stands under the caret; `hint` says what to do next.
    """

    code: str
    message: str
    span: Span
    severity: Severity = Severity.ERROR
    label: str = ""
    hint: str = ""

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order of printing: by place, then by code, so that two runs print the same."""
        return (self.span.file, self.span.line, self.span.column, self.code, self.message)


class GitopsObsError(Exception):
    """Work cannot go on. Carries the findings that say why, and the exit code of `docs/reference/exit-codes.md`.

    Exit codes: 1 findings or stale files, 2 usage or configuration, 3 a remote failed, 70 a bug of ours.
    """

    def __init__(self, *diagnostics: Diagnostic, exit_code: int = 2) -> None:
        super().__init__(*diagnostics)
        self.diagnostics = diagnostics
        self.exit_code = exit_code

    def __str__(self) -> str:
        return "; ".join(f"{d.span}: {d.message}" for d in self.diagnostics)


def worst(diagnostics: list[Diagnostic]) -> Severity | None:
    """The highest severity among `diagnostics`, None when there are none."""
    return max((d.severity for d in diagnostics), default=None)

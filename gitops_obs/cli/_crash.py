"""A report of an unforeseen error, fit to be pasted into an issue: no values of environment variables in it."""

from __future__ import annotations

import os
import platform
import re
import shlex
import sys
import tempfile
import traceback
from importlib import metadata
from pathlib import Path

_FOLDER = ".gitops-obs"
_SECRET = re.compile(r"TOKEN|SECRET|PASS|KEY|AUTH|CREDENTIAL|COOKIE|PRIVATE|DSN|URL|PROXY", re.IGNORECASE)
_LOGIN = re.compile(r"(?<=://)[^\s/@]+(?=@)")
_SHORTEST = 4
_PACKAGES = ("click", "grafanalib", "jsonschema-rs", "orjson", "promql-parser", "PyYAML", "rich", "yaml-rs")


def report(error: BaseException) -> str:
    """Write the report to `.gitops-obs/crash.md`; one line for the screen that says what happened and where it is."""
    text = _redacted(_text(error))
    what = _redacted(f"{type(error).__name__}: {error}".splitlines()[0])
    for folder in (_project() / _FOLDER, Path(tempfile.gettempdir())):
        try:
            folder.mkdir(exist_ok=True)
            if folder.name == _FOLDER and not (ignore := folder / ".gitignore").exists():
                ignore.write_text("*\n", encoding="utf-8")
            file = folder / "crash.md"
            file.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return f"gitops-obs has a bug ({what}). Please report it with {file}\n"
    return text


def _project() -> Path:
    """The folder of the project, found without the code that may just have failed; else the present one."""
    here = Path.cwd()
    found = (folder for folder in (here, *here.parents) if (folder / "gitops-obs.yaml").exists())
    return next(found, here)


def _text(error: BaseException) -> str:
    trace = "".join(traceback.format_exception(error))
    return "\n".join(
        [
            "# gitops-obs crashed",
            "",
            "What were you doing, and does it happen every time?",
            "",
            "## Versions",
            "",
            *(f"- {line}" for line in _versions()),
            "",
            "## Command line",
            "",
            f"    gitops-obs {shlex.join(sys.argv[1:])}",
            "",
            "## Traceback",
            "",
            *(f"    {line}".rstrip() for line in trace.splitlines()),
            "",
        ]
    )


def _versions() -> list[str]:
    found = [f"gitops-obs {_version('gitops-obs')}", f"Python {platform.python_version()}", platform.platform()]
    return found + [f"{name} {_version(name)}" for name in _PACKAGES]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _redacted(text: str) -> str:
    """`text` without what may be secret: values of variables that sound like it, and logins in addresses."""
    secrets = {value for name, value in os.environ.items() if _SECRET.search(name) and len(value) >= _SHORTEST}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return _LOGIN.sub("***", text)

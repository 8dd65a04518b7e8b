"""The program `gitops-obs`: hands over to the command line, and turns what nobody foresaw into a report."""

from __future__ import annotations

import sys

_BUG, _INTERRUPTED = 70, 130


def main() -> None:
    """Run the command line and leave with its exit code."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(version())
        return
    try:
        from gitops_obs import cli  # noqa: PLC0415  # `--version` needs none of it

        for stream in (sys.stdout, sys.stderr):
            # a terminal that knows no ✓ shows an escape instead of a traceback
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        cli.group.main()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except Exception as error:  # noqa: BLE001  # the last line of defence
        from gitops_obs.cli import _crash  # noqa: PLC0415

        sys.stderr.write(_crash.report(error))
        sys.exit(_BUG)


def version() -> str:
    """Versions of gitops-obs and of what runs it, on one line."""
    from gitops_obs import __version__  # noqa: PLC0415

    python = ".".join(str(part) for part in sys.version_info[:3])
    return f"gitops-obs {__version__} (Python {python})\n"


if __name__ == "__main__":
    main()

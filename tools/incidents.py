"""Write docs/incidents.md: what alerts make of incidents, by the scenarios of tests/incidents/."""  # noqa: INP001

from __future__ import annotations

import resource
import sys
from pathlib import Path

from tests.incidents import page

FILE = Path(__file__).parents[1] / "docs" / "incidents.md"


def main() -> int:
    """Runs every scenario, writes the page, and says how long it took."""
    text = page.write()
    stale = not FILE.is_file() or FILE.read_text(encoding="utf-8") != text
    FILE.write_text(text, encoding="utf-8")
    used = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    said = "written" if stale else "was up to date"
    sys.stdout.write(f"docs/incidents.md {said}, {used:.0f} s of processor time\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

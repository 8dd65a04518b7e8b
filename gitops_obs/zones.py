"""Time zones that this machine's IANA database knows; where there is no database, any name will do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitops_obs.spec import Problem, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitops_obs.routing import Routing

_SURE = "Europe/Berlin"  # in every database
_NO_PLACES = {"localtime", "posixrules", "Factory"}  # files of the database that mean another zone on each machine
_HINT = f"write a name of the IANA database, such as {_SURE}; an abbreviation knows no summer time"


def problems(routing: Routing) -> Iterator[Problem]:
    """A finding OBS133 for each of the routing's hours in a time zone that does not exist."""
    for hours in routing.hours:
        if not _exists(hours.zone) and _exists(_SURE):
            message = f"no time zone {shown(hours.zone)}"
            yield Problem("OBS133", ("routing", "hours", hours.name, "zone"), message, _meant(hours.zone))


def _exists(zone: str) -> bool:
    import zoneinfo  # noqa: PLC0415  # only where hours are named

    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return zone not in _NO_PLACES


def _meant(zone: str) -> str:
    import zoneinfo  # noqa: PLC0415

    hint = nearest(zone, zoneinfo.available_timezones() - _NO_PLACES)  # a tenth of a second
    return hint if hint.startswith("did you mean") else _HINT

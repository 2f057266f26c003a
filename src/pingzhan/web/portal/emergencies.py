"""What residents are told of the responses in force: what it is, what to do, and where the emergency services are."""

from datetime import datetime
from typing import Any

from pingzhan.core.paths import code_of
from pingzhan.modes.queries import real_in_force
from pingzhan.places.queries import names_along
from pingzhan.response.queries.responses import public_notices, released_warnings
from pingzhan.stations.queries import stations_page

MOST = 5  # responses
MOST_STATIONS = 6  # of one service


def emergencies(at: datetime) -> list[dict[str, Any]]:
    """The real responses in force with their notices and services; nothing is asked of the database in peacetime."""
    current = dict(list(real_in_force(at=at).items())[:MOST])
    if not current:
        return []
    names = names_along([path for _mode, paths in current.values() for path in paths])
    notices = public_notices(list(current), at=at)
    warnings = released_warnings(list(current), at=at)
    serving: dict[tuple[str, str], list[str]] = {}
    rows = []
    for response_id, (mode, paths) in current.items():
        told = {notice["title"]: notice for notice in notices.get(response_id, [])}
        shown = []
        for notice in told.values():
            services = [
                {"name": one["name"], "phone": one.get("phone", ""), "where": _where(one, paths, serving, at)}
                for one in notice.get("services", [])
            ]
            shown.append({"title": notice["title"], "text": notice["text"], "services": services})
        rows.append(
            {
                "mode": mode,
                "places": [names.get(code_of(path), "") for path in paths],
                "notices": shown,
                "warnings": [one for one in warnings if one.response_id == response_id],
            }
        )
    return rows


def _where(
    service: dict[str, Any], paths: tuple[str, ...], serving: dict[tuple[str, str], list[str]], at: datetime
) -> list[str]:
    """The names of some stations of these places that serve as it now; asked once for each function and place."""
    function = service.get("function", "")
    if not function:
        return []
    found: list[str] = []
    for path in paths:
        if len(found) >= MOST_STATIONS:
            break
        if (function, path) not in serving:
            stations, _next = stations_page(path=path, function=function, at=at, limit=MOST_STATIONS)
            serving[function, path] = [one.station.name for one in stations]
        found += serving[function, path]
    return found[:MOST_STATIONS]

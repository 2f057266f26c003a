"""What holds for a whole area: deadlines, visits, supplies, instructions and notices; and tasks for each place."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from pingzhan.core.paths import code_of
from pingzhan.modes.choices import OverlayKind as K
from pingzhan.modes.rules import NOTHING
from pingzhan.response.queries.compile.work import Tree, Work, Zone, reason_of
from pingzhan.response.queries.words import clock_label
from pingzhan.response.rules.manifest import Item

_SECTIONS: dict[str, str] = {
    "clocks": K.CLOCK,
    "visits": K.VISIT,
    "supplies": K.SUPPLY,
    "instructions": K.INSTRUCTION,
    "notices": K.NOTICE,
}


def take_out(work: Work, zone: Zone, around: Zone) -> None:
    """What holds around a zone and not in it: there it is said that it does not, since it would reach down."""
    for section, kind in _SECTIONS.items():
        here = {_key(section, item) for item in zone.wanted(section, work.level)}
        for item in around.wanted(section, work.level):
            if _key(section, item) not in here:
                after = _("这里不适用")
                _add(work, zone, kind, section, item, after, dict(NOTHING), key=_key(section, item))


def _key(section: str, item: Mapping[str, Any]) -> str:
    return str(item["clock"] if section == "clocks" else item["code"])


def reach_down(work: Work, zone: Zone) -> None:
    """Put down what holds for the whole zone."""
    for item in zone.wanted("clocks", work.level):
        payload = {"minutes": item["minutes"], "basis": item.get("basis", "calendar")}
        after = _("%(n)s 分钟") % {"n": item["minutes"]}
        _add(work, zone, K.CLOCK, "clocks", item, after, payload, key=item["clock"])
    for item in zone.wanted("visits", work.level):
        payload = {"per_day": item["per_day"], "need": item["need"]}
        _add(work, zone, K.VISIT, "visits", item, _("每天 %(n)s 次") % {"n": item["per_day"]}, payload)
    for item in zone.wanted("supplies", work.level):
        payload = {name: item[name] for name in ("item", "per_head_day", "unit", "source")}
        after = _("每人每天 %(n)s %(unit)s") % {"n": item["per_head_day"], "unit": item["unit"]}
        _add(work, zone, K.SUPPLY, "supplies", item, after, payload)
    for item in zone.wanted("instructions", work.level):
        payload = {"text": item["text"], "roles": list(item["roles"])}
        if "acknowledge_minutes" in item:
            payload["acknowledge_minutes"] = item["acknowledge_minutes"]
        _add(work, zone, K.INSTRUCTION, "instructions", item, item["text"], payload)
    for item in zone.wanted("notices", work.level):
        payload = {"title": item["title"], "text": item["text"], "services": list(item.get("services", []))}
        _add(work, zone, K.NOTICE, "notices", item, item["text"], payload)


def _add(
    work: Work, zone: Zone, kind: str, section: str, item: Mapping[str, Any], after: str, payload: dict[str, Any], *,
    key: str = "",
) -> None:  # fmt: skip
    subject = item.get("title") or item.get("item") or item.get("need") or ""
    if "clock" in item:
        subject = clock_label(item["clock"])
    work.add(
        Item(
            kind, zone.path, zone.path, code_of(zone.path), "", after, reason_of(section, item), payload,
            key or item["code"], subject=subject,
        )
    )  # fmt: skip


def share_tasks(work: Work, zone: Zone, tree: Tree) -> None:
    """A task for each of what it is asked for."""
    for item in zone.wanted("tasks", work.level):
        payload = {name: item[name] for name in ("title", "role", "due_minutes") if name in item}
        for unit in tree.units(item["per"], zone):
            work.add(
                Item(
                    K.TASK, unit.path, unit.path, code_of(unit.path), "", item["title"], reason_of("tasks", item),
                    payload, item["code"], subject=unit.name,
                )
            )  # fmt: skip

"""Duties: who is in charge of what as A, and who steps in as B."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from pingzhan.core.paths import code_of
from pingzhan.modes.choices import OverlayKind as K
from pingzhan.people.queries.holders import Holder, skilled_under
from pingzhan.response.queries.compile.offers import offers
from pingzhan.response.queries.compile.work import Tree, Unit, Work, Zone, reason_of
from pingzhan.response.rules.manifest import Gap, Item
from pingzhan.response.rules.matching import assign
from pingzhan.response.rules.neighbours import USUAL

Skilled = Mapping[UUID, Collection[str]]


def share_out_duties(work: Work, zones: Sequence[Zone], tree: Tree, holders: Sequence[Holder]) -> None:
    """Give every duty of every zone its people; one statement for what they can do, where the plan asks for it."""
    wanted = {code for zone in zones for item in zone.wanted("duties", work.level) for code in item.get("skills", [])}
    today = timezone.localtime(work.at).date()
    skilled = skilled_under(work.paths, wanted, today=today) if wanted else {}
    for zone in zones:
        for item in zone.wanted("duties", work.level):
            _say(work, zone, item)
            units = _units(work, zone, tree, item)
            people: dict[Any, Holder] = {}
            for one in holders:  # each person once, at the place that comes first
                if one.role in item["roles"] and zone.holds(one.path):
                    people.setdefault(one.person_id, one)
            _share_out(work, item, units, list(people.values()), skilled)


def _say(work: Work, zone: Zone, item: Mapping[str, Any]) -> None:
    """What the duty is about, once for the whole zone."""
    payload: dict[str, Any] = {"title": item["title"]}
    if item.get("tasks"):
        payload["tasks"] = list(item["tasks"])
    if item.get("reports_to"):
        payload["reports_to"] = item["reports_to"]
    after = _("；").join(item.get("tasks", [])) or item["title"]
    work.add(
        Item(
            K.DUTY, zone.path, zone.path, code_of(zone.path), "", after, reason_of("duties", item), payload,
            item["code"], subject=item["title"],
        )
    )  # fmt: skip


def _units(work: Work, zone: Zone, tree: Tree, item: Mapping[str, Any]) -> list[Unit]:
    """What the duty is asked for, each of its posts by itself."""
    if "function" in item:
        found = _rooms(work, zone, item)
    else:
        found = tree.units(item["per"], zone, size=item.get("households", USUAL))
    posts = item.get("posts", [])
    if not posts:
        return found
    return [
        replace(one, name=f"{one.name} · {post}", post=number) for one in found for number, post in enumerate(posts, 1)
    ]


def _rooms(work: Work, zone: Zone, item: Mapping[str, Any]) -> list[Unit]:
    """The rooms that have become what the duty is for."""
    found = []
    for fit in work.rooms_by_function[item["function"]]:
        station = fit.room.station
        if zone.holds(station.path):
            name = f"{station.name}{fit.room.name}"
            found.append(Unit(str(fit.room.pk), station.path, name, station.lon, station.lat))
    return found


def _share_out(
    work: Work, item: Mapping[str, Any], units: Sequence[Unit], people: Sequence[Holder], skilled: Skilled
) -> None:
    """A and B roles of one duty, by the least distance in all; somebody with the skill before somebody nearer."""
    number, backup = item.get("number", 1), item.get("backup", 1)
    work.asked += (number + backup) * len(units)
    asked = item.get("skills", [])
    able = {index for index, one in enumerate(people) if not asked or _has(skilled, one, asked)}
    busy = {index for index, one in enumerate(people) if one.person_id in work.on_duty}
    arcs = offers(units, people, most_metres=item.get("max_metres"), busy=busy, able=able)
    given = assign(wanted=[number + backup] * len(units), load=[item.get("max_load", 8)] * len(people), arcs=arcs)
    metres, who = arcs.metres.tolist(), arcs.person.tolist()
    for unit, chosen in zip(units, given, strict=True):
        for place, arc in enumerate(chosen):
            holder = people[who[arc]]
            part = f"A{place + 1}" if place < number else f"B{place - number + 1}"
            _put(work, item, unit, holder, part, metres[arc], _has(skilled, holder, asked))
            if place < number:
                _tell_of(work, item, unit, holder, able=who[arc] in able)
        subject = f"{item['title']} · {unit.name}"
        if len(chosen) < number:
            work.gaps.append(Gap("uncovered", code_of(unit.path), unit.path, subject, _("没有人负责")))
        elif len(chosen) < number + backup:
            work.gaps.append(Gap("no_backup", code_of(unit.path), unit.path, subject, _("没有 B 角")))


def _has(skilled: Skilled, holder: Holder, asked: Sequence[str]) -> list[str]:
    """Which of the skills asked for somebody has, in the plan's order."""
    has = skilled.get(holder.person_id) if asked else None
    return [code for code in asked if code in has] if has else []


def _put(
    work: Work, item: Mapping[str, Any], unit: Unit, holder: Holder, part: str, metres: int, has: list[str]
) -> None:
    payload: dict[str, Any] = {"duty": item["code"], "part": part, "subject": unit.name}
    if metres >= 0:
        payload["metres"] = metres
    if has:
        payload["skills"] = has
    work.users[holder.person_id] = holder.user_id
    work.add(
        Item(
            K.PERSON_DUTY, unit.target, unit.path, code_of(unit.path), "", f"{part[0]} · {holder.name}",
            reason_of("duties", item), payload, f"{_post(item, unit)}:{part}", holder.person_id,
            f"{item['title']} · {unit.name}", holder.user_id,
        )
    )  # fmt: skip


def _post(item: Mapping[str, Any], unit: Unit) -> str:
    """The duty, and which of its posts."""
    return f"{item['code']}.{unit.post}" if unit.post else str(item["code"])


def _tell_of(work: Work, item: Mapping[str, Any], unit: Unit, holder: Holder, *, able: bool) -> None:
    """Somebody in charge: that they are on duty, and what is wrong with it."""
    work.on_duty.setdefault(holder.person_id, item["code"])
    code, person = code_of(unit.path), str(holder.person_id)
    if not holder.reachable:
        work.gaps.append(Gap("no_contact", code, unit.path, holder.name, _("没有登记电话，通知不到"), person))
    if not able:
        reason = _("没有“%(title)s”要求的技能") % {"title": item["title"]}
        work.gaps.append(Gap("skill", code, unit.path, holder.name, reason, person))

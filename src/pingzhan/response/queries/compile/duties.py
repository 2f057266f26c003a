"""Duties: who is in charge of what as A, and who steps in as B."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from pingzhan.core.paths import code_of
from pingzhan.modes.choices import OverlayKind as K
from pingzhan.people.queries.holders import Holder, skilled_under
from pingzhan.response.choices import Per
from pingzhan.response.queries.compile.offers import offers
from pingzhan.response.queries.compile.work import Tree, Unit, Work, Zone, reason_of
from pingzhan.response.rules.manifest import Gap, Item
from pingzhan.response.rules.matching import assign, rather_stay
from pingzhan.response.rules.neighbours import USUAL

PERSON_DUTY = K.PERSON_DUTY.value  # a plain text: members of an enumeration are slow to look up
Skilled = Mapping[UUID, Collection[str]]


def share_out_duties(work: Work, zones: Sequence[Zone], tree: Tree, holders: Sequence[Holder]) -> None:
    """Give every duty of every zone its people; one statement for what they can do, where the plan asks for it."""
    wanted = {code for zone in zones for item in zone.wanted("duties", work.level) for code in item.get("skills", [])}
    today = timezone.localtime(work.at).date()
    skilled = skilled_under(work.paths, wanted, today=today) if wanted else {}
    crews = _Crews(holders)
    for zone in zones:
        for item in zone.wanted("duties", work.level):
            _say(work, zone, item)
            _tell_of_blanks(work, zone, tree, item)
            _share_out(work, item, _units(work, zone, tree, item), crews.of(zone, item["roles"]), crews, skilled)


class _Crews:
    """Who may be asked, by zone and role. Persons are numbered: a number is quicker to look up than a UUID."""

    def __init__(self, holders: Sequence[Holder]) -> None:
        known: dict[UUID, int] = {}
        self.holders = holders
        self.numbers = [known.setdefault(one.person_id, len(known)) for one in holders]
        self.on_duty: set[int] = set()  # persons who are in charge of something already
        self._by_role: dict[str, dict[str, list[int]]] = {}  # by zone

    def of(self, zone: Zone, roles: Collection[str]) -> list[int]:
        """Holders by their index, each person once, at the place that comes first."""
        if zone.path not in self._by_role:
            found = self._by_role.setdefault(zone.path, defaultdict(list))
            for index, one in enumerate(self.holders):
                if zone.holds(one.path):
                    found[one.role].append(index)
        by_role = self._by_role[zone.path]
        first: dict[int, int] = {}
        for index in sorted(index for role in roles for index in by_role.get(role, ())):
            first.setdefault(self.numbers[index], index)
        return list(first.values())


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


def _tell_of_blanks(work: Work, zone: Zone, tree: Tree, item: Mapping[str, Any]) -> None:
    """Where the ground was not entered, the whole community is one unit; that is told once for all duties."""
    if "function" in item:
        return
    for one in tree.unknown(item["per"], zone):
        reason = _("没有登记楼栋，按整个居村安排") if item["per"] == Per.BUILDING else _("没有划分网格，按整个居村安排")
        gap = Gap("no_ground", code_of(one.path), one.path, one.name, reason)
        if gap not in work.gaps:
            work.gaps.append(gap)


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
        one._replace(name=f"{one.name} · {post}", post=number) for one in found for number, post in enumerate(posts, 1)
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
    work: Work, item: Mapping[str, Any], units: Sequence[Unit], crew: Sequence[int], crews: _Crews, skilled: Skilled
) -> None:
    """A and B roles of one duty, by the least distance in all; somebody with the skill before somebody nearer."""
    people, numbers = [crews.holders[index] for index in crew], [crews.numbers[index] for index in crew]
    number, backup = item.get("number", 1), item.get("backup", 1)
    wanted = number + backup
    work.asked += wanted * len(units)
    asked = item.get("skills", [])
    able = {index for index, one in enumerate(people) if _has(skilled, one, asked)} if asked else range(len(people))
    busy = {index for index, one in enumerate(numbers) if one in crews.on_duty}
    arcs = offers(units, people, most_metres=item.get("max_metres"), busy=busy, able=able, wanted=wanted)
    metres, who = arcs.metres.tolist(), arcs.person.tolist()
    duty, title, reason = item["code"], item["title"], reason_of("duties", item)
    parts = [f"A{place}" for place in range(1, number + 1)] + [f"B{place}" for place in range(1, backup + 1)]
    held = _held(work, duty, units, parts, {people[index].person_id: index for index in able})
    given = assign(
        wanted=[wanted] * len(units),
        load=[item.get("max_load", 8)] * len(people),
        arcs=rather_stay(arcs, held) if held else arcs,
    )
    taken: set[int] = set()
    for number_of, (unit, chosen) in enumerate(zip(units, given, strict=True)):
        code, post, subject = code_of(unit.path), _post(duty, unit), f"{title} · {unit.name}"
        for part, arc in _parted(parts, chosen, [held.get((number_of, who[arc]), "") for arc in chosen]):
            holder = people[who[arc]]
            payload: dict[str, Any] = {"duty": duty, "part": part, "subject": unit.name}
            if metres[arc] >= 0:
                payload["metres"] = metres[arc]
            if has := _has(skilled, holder, asked):
                payload["skills"] = has
            taken.add(who[arc])
            work.add(
                Item(
                    PERSON_DUTY, unit.target, unit.path, code, "", f"{part[0]} · {holder.name}", reason, payload,
                    f"{post}:{part}", holder.person_id, subject, holder.user_id,
                )
            )  # fmt: skip
            if part[0] == "A":
                crews.on_duty.add(numbers[who[arc]])
                _tell_of(work, item, unit, holder, able=who[arc] in able)
        if len(chosen) < number:
            work.gaps.append(Gap("uncovered", code, unit.path, subject, _("没有人负责")))
        elif len(chosen) < wanted:
            work.gaps.append(Gap("no_backup", code, unit.path, subject, _("没有 B 角")))
    work.users.update(people[index].user_id for index in taken)


def _held(
    work: Work, duty: str, units: Sequence[Unit], parts: Sequence[str], able: Mapping[UUID, int]
) -> dict[tuple[int, int], str]:
    """Who has which unit of this duty already, and as what: by the numbers of the unit and of the person.

    Only who is still `able`: whoever lacks a skill that another has should not stay for having come first.
    """
    if not work.on_duty:
        return {}
    found = {}
    for number, unit in enumerate(units):
        post = _post(duty, unit)
        for part in parts:
            index = able.get(work.on_duty.get((unit.target, f"{post}:{part}"), UUID(int=0)))
            if index is not None:
                found[number, index] = part
    return found


def _parted(parts: Sequence[str], chosen: Sequence[int], had: Sequence[str]) -> list[tuple[str, int]]:
    """Which of the chosen takes which part: the one that they had, if it is still there, or the first free one."""
    parts = parts[: len(chosen)]
    kept = {part: arc for part, arc in zip(had, chosen, strict=True) if part in parts}
    others = iter(arc for part, arc in zip(had, chosen, strict=True) if part not in kept)
    return [(part, kept[part] if part in kept else next(others)) for part in parts]


def _has(skilled: Skilled, holder: Holder, asked: Sequence[str]) -> list[str]:
    """Which of the skills asked for somebody has, in the plan's order."""
    has = skilled.get(holder.person_id) if asked else None
    return [code for code in asked if code in has] if has else []


def _post(duty: str, unit: Unit) -> str:
    """The duty, and which of its posts."""
    return f"{duty}.{unit.post}" if unit.post else duty


def _tell_of(work: Work, item: Mapping[str, Any], unit: Unit, holder: Holder, *, able: bool) -> None:
    """What is wrong with somebody's being in charge."""
    wrong = [] if holder.reachable else [("no_contact", _("没有登记电话，通知不到"))]
    if not able:
        wrong.append(("skill", _("没有“%(title)s”要求的技能") % {"title": item["title"]}))
    for kind, reason in wrong:
        work.gaps.append(Gap(kind, code_of(unit.path), unit.path, holder.name, reason, str(holder.person_id)))

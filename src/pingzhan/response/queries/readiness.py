"""Every way in which a plan would fail today at a place, with where to mend it; and one figure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zlib import crc32

from django.db.models import F, Max, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pingzhan.access.holders import silent_users
from pingzhan.core.errors import DomainError
from pingzhan.core.paths import COMMUNITY, code_of, path_to, paths_above
from pingzhan.people.queries.contacts import unconfirmed_under
from pingzhan.people.queries.trainings import trained_under, trainings
from pingzhan.places.choices import Level
from pingzhan.places.names import named
from pingzhan.places.queries import at_level, places
from pingzhan.response.choices import VersionState
from pingzhan.response.models import Activation, Plan, PlanVersion, ReadinessFigure
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.conditions import signals_at
from pingzhan.response.queries.plans import data_of, published
from pingzhan.response.rules.manifest import Item, Manifest
from pingzhan.response.rules.periods import months_later

if TYPE_CHECKING:
    from pingzhan.places.models import Place

DRILL_MONTHS = 12
MOST_FIGURES = 10  # noted at a time
LEAST_DAYS = 3  # for so long a stock must last where the plan says nothing else
CONTACT_DAYS = 180  # after so many a phone that nobody confirmed is a weakness, where the plan says nothing else
MOST_SINGLE = 3  # so many people of a community are told one by one; more are counted
SILENT = timedelta(days=90)  # who has not signed in for so long may not be reached by what is sent to their account

LABELS: dict[str, Any] = {
    "uncovered": gettext_lazy("没有人负责"),
    "no_backup": gettext_lazy("没有 B 角"),
    "twice": gettext_lazy("一人身兼数责"),
    "no_contact": gettext_lazy("联系不到"),
    "contact_old": gettext_lazy("电话久未核实"),
    "no_account": gettext_lazy("没有账号"),
    "skill": gettext_lazy("缺少技能"),
    "untrained": gettext_lazy("未经岗前培训"),
    "silent": gettext_lazy("久未登录"),
    "stock": gettext_lazy("库存不足"),
    "stock_unknown": gettext_lazy("库存不明"),
    "no_room": gettext_lazy("没有可用的房间"),
    "no_ground": gettext_lazy("网格或楼栋没有登记"),
    "hardware": gettext_lazy("用房缺设施"),
    "review_overdue": gettext_lazy("预案超过复审日期"),
    "never_drilled": gettext_lazy("一年内没有演练"),
    "not_published": gettext_lazy("没有发布的版本"),
}
# How many of the posts and rooms asked for a finding costs; those about the plan itself cost five in a hundred.
_COSTS = {
    "uncovered": 2, "no_backup": 1, "no_room": 1, "hardware": 1, "no_ground": 1, "no_contact": 1, "contact_old": 1,
    "skill": 1, "untrained": 1, "stock": 1,
}  # fmt: skip
_OF_THE_PLAN = {"review_overdue", "never_drilled"}


@dataclass(frozen=True, slots=True)
class Weakness:
    """One way to fail.

    `mend` names where it is mended: plan, drill, station (of the id `about`), stations, ground, person (of the id
    `about`), contacts (not confirmed for `about` days), training (of the code `about`), posts or signals. `posts`: how
    many of the posts asked for it concerns.
    """

    kind: str
    place: str
    path: str
    subject: str
    reason: str
    mend: str
    about: str = ""
    posts: int = 1

    @property
    def label(self) -> str:
        return str(LABELS[self.kind])


@dataclass(frozen=True, slots=True)
class Readiness:
    """percent: how much of what the plan asks for is there, from 0 to 100."""

    percent: int
    asked: int
    weaknesses: list[Weakness]
    manifest: Manifest | None


def readiness(plan: Plan, *, level: int, codes: Sequence[str], at: datetime) -> Readiness:
    """What would fail if the plan were activated now; compiles it and writes nothing. Raises as compile_plan does."""
    version = published(plan)
    if version is None:
        weakness = Weakness("not_published", plan.place.code, plan.path, plan.title, _("审核并发布后才能启动"), "plan")
        return Readiness(0, 0, [weakness], None)
    manifest = compile_plan(plan, level=level, codes=codes, at=at, version=version)
    found = [
        *_of_the_plan(plan, version, at=at), *_of_the_manifest(manifest), *_twice(manifest),
        *_stocks(version, manifest, at=at), *_silent(manifest, at=at), *_contacts(version, manifest, at=at),
        *_untrained(manifest, at=at),
    ]  # fmt: skip
    found.sort(key=lambda one: (one.path, one.kind, one.subject))
    missing = sum(_COSTS.get(one.kind, 0) * one.posts for one in found)
    percent = 100 if not manifest.asked else round(100 * max(0, manifest.asked - missing) / manifest.asked)
    percent = max(0, percent - 5 * sum(one.kind in _OF_THE_PLAN for one in found))
    return Readiness(percent, manifest.asked, found, manifest)


def _of_the_plan(plan: Plan, version: PlanVersion, *, at: datetime) -> list[Weakness]:
    found = []
    if version.review_due is not None and version.review_due <= at:
        day = timezone.localtime(version.review_due).date().isoformat()
        found.append(
            Weakness(
                "review_overdue",
                plan.place.code,
                plan.path,
                plan.title,
                _("应于 %(day)s 前复审") % {"day": day},
                "plan",
            )
        )
    last = last_drill(plan)
    if last is None or months_later(last, DRILL_MONTHS) <= at:
        reason = (
            _("从未演练")
            if last is None
            else _("上次演练 %(day)s") % {"day": timezone.localtime(last).date().isoformat()}
        )
        found.append(Weakness("never_drilled", plan.place.code, plan.path, plan.title, reason, "drill"))
    return found


def _of_the_manifest(manifest: Manifest) -> list[Weakness]:
    mends = {
        "hardware": "station", "no_room": "stations", "no_ground": "ground", "no_contact": "person", "skill": "person",
    }  # fmt: skip
    return [
        Weakness(gap.kind, gap.place, gap.path, gap.subject, gap.reason, mends.get(gap.kind, "posts"), gap.about)
        for gap in manifest.gaps
    ]


def _stocks(version: PlanVersion, manifest: Manifest, *, at: datetime) -> list[Weakness]:
    """For how many days the stocks last that the plan hands out by name; a statement a place."""
    supplies = [
        item for item in data_of(version).get("supplies", []) if manifest.level in item["levels"] and "stock" in item
    ]
    found = []
    for code, path in zip(manifest.places, manifest.paths, strict=True) if supplies else ():
        known = signals_at(path, at=at)
        for item in supplies:
            days, least = known.get(f"stock.{item['stock']}"), item.get("days", LEAST_DAYS)
            if days is None:
                reason = _("没有人报过还够几天")
                found.append(Weakness("stock_unknown", code, path, item["item"], reason, "signals"))
            elif days < least:
                reason = _("还够 %(days)s 天，预案要求 %(least)s 天") % {"days": f"{days:g}", "least": least}
                found.append(Weakness("stock", code, path, item["item"], reason, "signals"))
    return found


def _silent(manifest: Manifest, *, at: datetime) -> list[Weakness]:
    """By community, how many of those in charge have not signed in for long; one statement."""
    silent = silent_users(manifest.participants, since=at - SILENT)
    counts: Counter[str] = Counter()
    for item in manifest.items:
        if _in_charge(item) and item.user_id in silent:
            counts[path_to(item.path, COMMUNITY)] += 1
    return [
        Weakness(
            "silent", code_of(path), path, _("在岗人员"),
            _("%(n)s 项责任的负责人 %(days)s 天没有登录，发到账号的通知可能没人看") % {"n": n, "days": SILENT.days},
            "posts",
        )
        for path, n in sorted(counts.items())
    ]  # fmt: skip


def _contacts(version: PlanVersion, manifest: Manifest, *, at: datetime) -> list[Weakness]:
    """Those in charge whose phone was not confirmed for longer than the plan wants; one statement.

    Like all that time alone brings about it stands in no manifest, so that a preview is not outdated by it.
    """
    days = data_of(version).get("contact_days", CONTACT_DAYS)
    old = unconfirmed_under(manifest.paths, since=at - timedelta(days=days))
    concerned = [item for item in manifest.items if _in_charge(item) and item.person_id in old]
    reason = _("电话 %(n)s 天没有核实") % {"n": days}
    return _by_community("contact_old", concerned, reason, mend="contacts", about=str(days))


def _untrained(manifest: Manifest, *, at: datetime) -> list[Weakness]:
    """Those who take a duty, as A or as B, without the training that it asks for; two statements where one is asked."""
    codes = {code for asked in manifest.trainings.values() for code in asked.values()}
    if not codes:
        return []
    trained = trained_under(manifest.paths, codes, today=timezone.localtime(at).date())
    names = {kind.code: named(kind) for kind in trainings()}
    lacking: dict[str, list[Item]] = {}
    for item in manifest.items:
        if item.kind != "person_duty" or item.person_id is None:
            continue
        code = _training_of(item, manifest)
        if code is not None and code not in trained.get(item.person_id, ()):
            lacking.setdefault(code, []).append(item)
    found = []
    for code, items in sorted(lacking.items()):
        reason = _("没有有效的“%(training)s”培训") % {"training": names.get(code, code)}
        found += _by_community("untrained", items, reason, mend="training", about=code)
    return found


def _training_of(item: Item, manifest: Manifest) -> str | None:
    """The training that a duty asks for, by the document that holds nearest to it."""
    above = (path for path in reversed(paths_above(item.path)) if path in manifest.trainings)
    nearest = next(above, None)
    return None if nearest is None else manifest.trainings[nearest].get(item.payload["duty"])


def _in_charge(item: Item) -> bool:
    return item.kind == "person_duty" and bool(item.payload["part"].startswith("A"))


def _by_community(kind: str, posts: Sequence[Item], reason: str, *, mend: str, about: str) -> list[Weakness]:
    """The same weakness of those who hold these posts: a few of a community one by one, more of them as one line."""
    held: dict[str, dict[Any, list[Item]]] = {}
    for item in posts:
        held.setdefault(path_to(item.path, COMMUNITY), {}).setdefault(item.person_id, []).append(item)
    found = []
    for path, people in sorted(held.items()):
        code = code_of(path)
        if len(people) > MOST_SINGLE:
            who = ngettext("%(n)s 人", "%(n)s 人", len(people)) % {"n": len(people)}
            total = sum(map(len, people.values()))
            found.append(Weakness(kind, code, path, who, reason, mend, about, total))
            continue
        for person, items in people.items():
            name = items[0].after.partition(" · ")[2]
            found.append(Weakness(kind, code, path, name, reason, "person", str(person), len(items)))
    return found


def _twice(manifest: Manifest) -> list[Weakness]:
    """People who would hold several different duties as A at once."""
    duties: dict[Any, dict[str, Any]] = {}
    known = {item.key: item.subject for item in manifest.items if item.kind == "duty"}
    for item in manifest.items:
        if _in_charge(item):
            duties.setdefault(item.person_id, {}).setdefault(item.payload["duty"], item)
    found = []
    for held in duties.values():
        if len(held) < 2:
            continue
        first = next(iter(held.values()))
        titles = "、".join(sorted(known[duty] for duty in held))  # untranslated: a list's comma
        name = first.after.partition(" · ")[2]
        found.append(Weakness("twice", first.place, first.path, name, titles, "person", str(first.person_id)))
    return found


def last_drill(plan: Plan) -> datetime | None:
    """When the plan was last exercised."""
    return last_drills([plan]).get(plan.pk)


def last_drills(plans: Iterable[Plan]) -> dict[UUID, datetime]:
    """When each of these plans was last exercised, by their ids; one statement."""
    rows = Activation.objects.filter(plan__in=[plan.pk for plan in plans], exercise=True)
    return dict(rows.order_by("plan").values_list("plan").annotate(last=Max("at")))


def history(plan: Plan, *, path: str, level: int, most: int = 60) -> list[ReadinessFigure]:
    """The figures noted so far, the oldest first."""
    rows = ReadinessFigure.objects.filter(plan=plan, path=path, level=level).order_by("-day")[:most]
    return list(rows)[::-1]


def newest_figures(plans: Iterable[Plan]) -> dict[UUID, ReadinessFigure]:
    """The last figure noted of each of these plans for its own place, by their ids; one statement."""
    own = ReadinessFigure.objects.filter(plan=OuterRef("plan"), path=OuterRef("path"))
    newest = Subquery(own.order_by("-day", "level").values("pk")[:1])
    rows = ReadinessFigure.objects.filter(plan__in=[plan.pk for plan in plans], path=F("plan__path"), pk=newest)
    return {figure.plan_id: figure for figure in rows.order_by("plan")}


def note_figures(*, at: datetime, most: int = MOST_FIGURES) -> int:
    """Note today's figures that are not there yet, for each level of each published plan.

    Each day at the plan's own place and at its streets, and at a seventh of its communities: each of these once a week.
    At most so many at a time, since each compiles the plan; returns how many.
    """
    day = timezone.localtime(at).date()
    noted = set(ReadinessFigure.objects.filter(day=day).order_by("id").values_list("plan_id", "path", "level"))
    published_ones = PlanVersion.objects.filter(state=VersionState.PUBLISHED, plan__parent__isnull=True)
    versions = list(published_ones.select_related("plan", "plan__place").order_by("id"))
    wanted = chain(
        ((one, place) for one in versions for place in (one.plan.place, *_below(one.plan, Level.STREET))),
        ((one, place) for one in versions for place in _below(one.plan, Level.COMMUNITY) if _turn(place, day)),
    )
    open_ones = (
        (version.plan, place, level)
        for version, place in wanted
        for level in sorted(int(level) for level in data_of(version).get("levels", {}))
        if (version.plan.pk, place.path, level) not in noted
    )
    return sum(_note_one(plan, place, level, day, at=at) for plan, place, level in islice(open_ones, most))


def _below(plan: Plan, level: Level) -> "list[Place]":
    return [place for place in at_level(level, within=[plan.path]) if place.path != plan.path]


def _turn(place: "Place", day: date) -> bool:
    """Whether it is this community's day of the week; as many have theirs on each."""
    return crc32(place.code.encode()) % 7 == day.toordinal() % 7


def _note_one(plan: Plan, place: "Place", level: int, day: date, *, at: datetime) -> int:
    try:
        found = readiness(plan, level=level, codes=[place.code], at=at)
    except DomainError:  # the place is no more, or the plan was retired meanwhile
        return 0
    _row, made = ReadinessFigure.objects.get_or_create(
        plan=plan, path=place.path, level=level, day=day,
        defaults={"percent": found.percent, "findings": len(found.weaknesses)},
    )  # fmt: skip
    return int(made)


def places_to_choose(plan: Plan, within: Sequence[str]) -> list[Any]:
    """The streets and communities of the plan's area that lie within `within`, by path; one statement."""
    rows = places(within).filter(level__in=("city", "district", "street", "community")).order_by("path")
    return [place for place in rows if place.path.startswith(plan.path)]

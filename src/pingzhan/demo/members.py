"""The demo's members: check-ins in every state, teams with captains and groups, a few mobile grid workers.

Invented names, phones of the form 100xxxxxxxx, all through the operations, by the secretary of the community.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from pingzhan.access.actors import ANONYMOUS, SYSTEM, Actor
from pingzhan.access.models import User
from pingzhan.access.operations import create_user, grant
from pingzhan.access.queries import actor_for
from pingzhan.demo.staff import DEMO_STREET, Cast
from pingzhan.demo.texts.names import person_name
from pingzhan.demo.texts.skills import SKILLS
from pingzhan.people import operations as people
from pingzhan.people.choices import CheckInKind, CheckInSource, CheckInState, Focus, Slot, TeamPost
from pingzhan.people.models import CheckIn, Group, PersonSkill, Team
from pingzhan.people.operations import Told
from pingzhan.places.models import Place

COMMUNITIES = 3
GROUPS = (
    ("医疗护理组", Focus.SKILL), ("水电维修组", Focus.SKILL), ("文艺骑行组", Focus.INTEREST),
    ("送菜送药组", Focus.WISH), ("夜间守点组", Focus.TIME),
)  # fmt: skip
EMPLOYERS = (
    ("禾清医院", "护士长"), ("青檐律师事务所", "律师"), ("雁南中学", "教师"), ("柳浦供电所", "班长"),
    ("区税务局", "科员"), ("稻香银行", "客户经理"), ("鹤桥软件", "工程师"), ("沐川物流", "调度员"), ("退休", ""),
    ("春塘建筑设计院", "工程师"),
)  # fmt: skip
WISHES = (
    "周末可以陪老人看病", "愿意教老人用手机", "晚上可以守点位", "有车，可以送菜送药", "会修水电，楼里有事随时叫我",
    "可以给孩子辅导功课", "愿意参加楼道清洁", "能做心理疏导，电话也行", "",
)  # fmt: skip
STANDINGS = ("", "", "", "退役军人", "共青团员", "人大代表", "楼组长")
PLATFORMS = (("闪送到家", "骑手"), ("顺达快递", "快递员"), ("同城货运", "司机"))
# How far a community's members are, of forty: most are on the team, every state occurs.
STATES: tuple[tuple[str, int], ...] = (
    ("joined", 26), ("contacted", 3), ("approved", 3), ("late", 1), ("submitted", 4), ("paused", 1), ("rejected", 1),
    ("left", 1),
)  # fmt: skip


@dataclass(slots=True)
class _Stage:
    """One community and who acts there."""

    cast: Cast
    rng: Random
    place: Place
    buildings: list[Place]
    secretary: Actor
    now: datetime
    team: Team
    groups: list[Group]


def load_skills(root: Place, *, at: datetime) -> None:
    """The default catalogue of skills."""
    people.load_skills(rows=SKILLS, path=root.path, by=SYSTEM, at=at)


def tell_members(*, cast: Cast, places: list[Place], rng: Random, now: datetime) -> int:
    """Members of the first communities of the demo street; returns how many checked in."""
    street = next(place for place in places if place.code == DEMO_STREET)
    own = [place for place in places if place.level == "community" and place.path.startswith(street.path)]
    captain, member, rider = _accounts(cast, street)
    count = 0
    for index, community in enumerate(own[:COMMUNITIES]):
        stage = _stage(cast, rng, community, places, now)
        first = index == 0
        known = {0: captain, 1: member} if first else {}
        states = [state for state, number in STATES for _ in range(number)]
        for nth, state in enumerate(states):
            count += bool(_member(stage, state, nth, known.get(nth)))
        _lead(stage)
        if first:
            _ask(stage)
            for nth in range(3):
                count += bool(_mobile(stage, nth, rider if nth == 0 else None))
    return count


def _accounts(cast: Cast, street: Place) -> list[User]:
    """Three whose sign-in links the demo shows."""
    made = []
    for username, name in (("captain", "顾建明"), ("member", "陆晓琴"), ("rider", "钱志勇")):
        user = create_user(username=username, name=name, phone=cast.phone(), by=SYSTEM, at=cast.at, path=street.path)
        grant(user=user, role="resident", path=street.path, by=SYSTEM, at=cast.at)
        made.append(user)
    return made


def _stage(cast: Cast, rng: Random, community: Place, places: list[Place], now: datetime) -> _Stage:
    unit = cast.units[community.path, "community.committee"]
    secretary = actor_for(cast.users[unit.pk], at=now)
    start = now - timedelta(days=80)
    team = people.set_up_team(place=community, name=f"{_short(community)}第二梯队", by=secretary, at=start)
    groups = [people.add_group(team=team, name=name, focus=focus, by=secretary, at=start) for name, focus in GROUPS]
    buildings = [place for place in places if place.level == "building" and place.path.startswith(community.path)]
    return _Stage(cast, rng, community, buildings or [community], secretary, now, team, groups)


def _short(community: Place) -> str:
    return community.name.removesuffix("居委会")


def _told(stage: _Stage, nth: int, user: User | None) -> Told:
    rng = stage.rng
    kinds = [row.code for row in SKILLS if row.parent and row.parent != "language"]
    languages = [row.code for row in SKILLS if row.parent == "language"]
    skills = rng.sample(kinds, k=rng.choice((1, 2, 2, 3))) + rng.sample(languages, k=rng.choice((0, 1, 1)))
    if nth == 2:
        skills = ["medical.nurse", "language.english"]
    employer, job = rng.choice(EMPLOYERS)
    return Told(
        name=user.name if user else person_name(rng),
        phone=user.phone.open() if user else stage.cast.phone(),
        place=rng.choice(stage.buildings).code,
        unit_name=employer,
        job=job,
        standing=rng.choice(STANDINGS),
        skills=tuple(skills),
        slots=tuple(slot.value for slot in rng.sample(list(Slot), k=rng.choice((1, 2, 2, 3)))),
        wishes=rng.choice(WISHES),
    )


def _member(stage: _Stage, state: str, nth: int, user: User | None) -> CheckIn:
    """One who checked in, taken to `state` by those whose turn it was."""
    rng, by = stage.rng, stage.secretary
    fresh = state in ("submitted", "approved", "contacted")
    days = rng.uniform(0.2, 2) if fresh else 12 if state == "late" else rng.uniform(20, 75)
    at = stage.now - timedelta(days=days)
    source = CheckInSource.DESK if nth % 5 == 4 else CheckInSource.PORTAL
    told = _told(stage, nth, user)
    found = people.submit(
        told=told, source=source, consent=True, by=by if source == CheckInSource.DESK else ANONYMOUS, at=at
    )
    if state == "submitted":
        return found
    step = timedelta(hours=rng.uniform(1, 3)) if fresh else timedelta(hours=20)
    if state == "rejected":
        return people.reject(check_in=found, by=by, at=at + step, reason="经核实不住在本居委辖区，请向居住地报到。")
    people.approve(check_in=found, by=by, at=at + step)
    if nth % 3 == 0 and found.state == CheckInState.APPROVED:
        _prove(stage, found, at=at + step)
    if state in ("approved", "late"):
        return found
    people.contact(check_in=found, by=by, at=at + step * 1.2, note=rng.choice(("周末有空", "可以随叫随到", "")))
    if state == "contacted":
        return found
    group = rng.choice([*stage.groups, None])
    people.join(check_in=found, by=by, at=at + step * 1.4, team=stage.team, group=group)
    if state == "paused":
        people.pause(check_in=found, by=by, at=at + step * 3, note="出差到月底")
    if state == "left":
        people.leave(check_in=found, by=by, at=at + step * 3, note="搬到外地")
    return found


def _prove(stage: _Stage, found: CheckIn, *, at: datetime) -> None:
    """Some of the proofs were seen; one in four has expired since."""
    rows = PersonSkill.objects.filter(person=found.person, skill__wants_proof=True, until__isnull=True)
    for row in rows.order_by("pk"):
        days = -20 if stage.rng.random() < 0.25 else 700
        until = (stage.now + timedelta(days=days)).date()
        people.prove_skill(
            skill=row, proof=f"{row.skill.name}证", until=until, path=found.path, by=stage.secretary, at=at
        )


def _lead(stage: _Stage) -> None:
    """Captain, two vice captains, a lead for each group; one more waits to be decided about."""
    members = list(stage.team.members.filter(until__isnull=True).select_related("person", "team__place").order_by("pk"))
    posts: list[tuple[str, Group | None]] = [
        (TeamPost.CAPTAIN, None),
        *[(TeamPost.VICE_CAPTAIN, None)] * 2,
        *[(TeamPost.GROUP_LEAD, group) for group in stage.groups],
    ]
    # The member whose link the demo shows stays one.
    chosen = [member for member in members if member.person.name != "陆晓琴"]
    for member, (post, group) in zip(chosen, posts, strict=False):
        people.place_member(member=member, post=post, group=group, by=stage.secretary, at=stage.now - timedelta(days=5))
    people.nominate(
        team=stage.team, person=chosen[len(posts)].person, post=TeamPost.VICE_CAPTAIN, way="mass", supporters=23,
        reason="邻居们都说他热心、有办法", by=stage.secretary, at=stage.now - timedelta(days=2),
    )  # fmt: skip


def _ask(stage: _Stage) -> None:
    """Help was asked for twice: one request is answered by some, the other waits, also for the member of the demo."""
    at = stage.now - timedelta(hours=30)
    rows = list(
        CheckIn.objects.filter(path__startswith=stage.place.path, state=CheckInState.JOINED, kind=CheckInKind.MEMBER)
        .select_related("person")
        .order_by("pk")
    )
    known = next(row for row in rows if row.name == "陆晓琴")
    others = [row for row in rows if row.pk != known.pk][:5]
    made = people.ask_talents(
        text="昨天下午陪 3 号楼王阿姨去医院拿报告，两小时左右", place=stage.place, check_ins=[row.pk for row in others],
        due_at=at + timedelta(hours=8), by=stage.secretary, at=at,
    )  # fmt: skip
    for ask in made.asks.select_related("person", "request").order_by("pk")[:3]:
        assert ask.person.user_id is not None
        user = User.objects.get(pk=ask.person.user_id)
        accept = stage.rng.random() < 0.6
        people.answer_ask(
            ask=ask, accept=accept, note="可以，我开车" if accept else "今天上班", by=actor_for(user, at=at),
            at=at + timedelta(hours=2),
        )  # fmt: skip
    people.lapse_asks(at=stage.now)
    people.ask_talents(
        text="周六上午 9 点在活动室教老人用手机挂号，一个半小时", place=stage.place,
        check_ins=[known.pk, *(row.pk for row in others[:3])], due_at=stage.now + timedelta(hours=20),
        by=stage.secretary, at=stage.now - timedelta(hours=2),
    )  # fmt: skip


def _mobile(stage: _Stage, nth: int, user: User | None) -> CheckIn:
    """A courier, a rider, a driver; the last one still waits to be vetted."""
    company, job = PLATFORMS[nth]
    at = stage.now - timedelta(days=9 - 4 * nth)
    told = Told(
        name=user.name if user else person_name(stage.rng), phone=user.phone.open() if user else stage.cast.phone(),
        place=stage.place.code, unit_name=company, job=job, kind=CheckInKind.MOBILE,
    )  # fmt: skip
    found = people.submit(told=told, source=CheckInSource.PORTAL, consent=True, by=ANONYMOUS, at=at)
    return found if nth == 2 else people.approve(check_in=found, by=stage.secretary, at=at + timedelta(hours=5))

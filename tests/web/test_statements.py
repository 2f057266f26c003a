"""What the pages and calls about matters ask of the database does not grow with what they show."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from pingzhan.access.actors import SYSTEM
from pingzhan.core.outbox import queue
from pingzhan.journal.operations import record, seal
from pingzhan.matters import operations
from pingzhan.matters.models import Matter, Whistle
from pingzhan.matters.operations import whistle as whistling
from pingzhan.matters.operations.escalating import climb_due
from pingzhan.matters.operations.taking import grab
from pingzhan.matters.queries.sheet import reporter_actor
from pingzhan.matters.tasks import gather_clusters, index_new
from tests.factories.inspections import inspection
from tests.factories.statements import count
from tests.factories.whistles import CALLED, blow
from tests.factories.world import DISTRICT, HOME, HOME_STREET, World

pytestmark = pytest.mark.django_db
PROPERTY = f"{HOME}.property"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + 5 * DAY, tick=False):
        yield


def cost(client: Client, address: str) -> int:
    """Of reading a page; of one ending in "!" with what it shows when its empty form is refused."""

    def act() -> None:
        refused = address.endswith("!")
        answer = client.post(address[:-1]) if refused else client.get(address)
        assert answer.status_code == (422 if refused else 200), (address, answer.status_code)
        if answer.streaming:
            list(answer)

    return count(act)


# --- lists ----------------------------------------------------------------------------------------------------------

LISTS = {
    "secretary": (
        "/desk/", "/desk/?q=漏水", "/desk/?all=1&q=漏水", "/desk/call-backs/", "/desk/templates/",
        "/desk/ledgers/?kind=handling&month=2026-03", "/desk/ledgers/?kind=feedback&month=2026-03",
        "/desk/ledgers/?kind=supervision&month=2026-03", "/desk/ledgers/workbook/?kind=handling&month=2026-03",
        "/desk/exports/", "/desk/report/", "/desk/whistles/", "/desk/whistles/?ended=1", "/desk/firsts/",
        "/desk/clusters/", "/desk/notices/", "/desk/messages/", "/desk/inspections/", "/field/messages/",
    ),
    "property_staff": ("/desk/", "/desk/team/", "/field/", "/field/done/", "/field/me/", "/field/messages/"),
    "street_secretary": ("/desk/supervision/", "/desk/firsts/", "/desk/clusters/", "/desk/rules/"),
    "inspector": ("/desk/supervision/", "/desk/inspections/", "/desk/inspections/workbook/?month=2026-03"),
    "resident": ("/mine/", "/mine/data/", "/mine/messages/"),
    "": ("/", "/notices/", f"/notices/?place={HOME}"),
}  # fmt: skip
CALLS = {
    "secretary": ("clusters", "firsts", "whistles", "inspections", "me/messages"),
    "property_staff": ("whistles", "me/today", "matters?q=漏水"),
    "inspector": ("inspections", "matters?order=due"),
    "": ("rating_reasons",),
}


def everything(world: World, n: int) -> None:
    """One more of everything that a list shows."""
    at, secretary, staff = world.at + n * timedelta(minutes=20), world.actor("secretary"), world.actor("property_staff")
    grid = f"{HOME}-G00{n % 2 + 1}"
    for status in ("submitted", "accepted", "dispatched", "in_progress", "completed", "fed_back", "rated", "published"):
        world.matter(to=status, at=at, place=grid, by="resident", contact_phone="13800000001")
    for text in ("3号楼电梯又坏了，老人下不了楼", "3号楼的电梯坏了，老人没法下楼", "3号楼电梯坏了好几天，老人下楼难"):
        world.report(text, at=at, place=grid)
    taken = world.matter(to="in_progress", at=at, place=grid)
    operations.open_contact(
        matter=world.report(by="resident", contact_phone="13800000001", at=at), purpose="联系", by=secretary, at=at
    )
    grab(matter=taken, by=staff, at=at + DAY)
    asked = world.matter(to="in_progress", at=at, place=grid, by="resident")
    operations.ask(matter=asked, by=staff, at=at + timedelta(hours=1), text="几楼？")
    held = world.matter(to="in_progress", at=at, place=grid)
    operations.hold(matter=held, by=staff, at=at + timedelta(hours=1), reason="等配件", until=at + 2 * DAY)
    watched = world.matter(to="in_progress", at=at, place=grid)
    operations.supervise(matter=watched, by=world.actor("street_secretary"), at=at + DAY, note="三天内解决")
    first, second = world.report(at=at), world.report(at=at)
    operations.merge(matter=second, into=first, by=secretary, at=at)
    inspection(world, taken, at=at)
    blow(world, world.report("楼道里有煤气味", at=at, place=grid), at=at + timedelta(minutes=1))
    ended = blow(world, world.report("楼道里有煤气味", at=at, place=grid), at=at + timedelta(minutes=1))
    whistling.close(whistle=ended, by=secretary, at=at + timedelta(minutes=9), note="已处理")
    operations.save_template(
        by=secretary, at=at, place=HOME, occasion="feed_back", category="", title=f"漏水{n}", text="已修好"
    )
    for name in ("secretary", "property_staff", "resident"):
        text = f"事项 {taken.number} 请查看。"
        queue(channel="inbox", to="", to_user=world.users[name].pk, text=text, at=at, template="matter.urge")


def settle(world: World) -> None:
    """What works in the background has been done: sealed, indexed, gathered, escalated."""
    at = world.at + 4 * DAY
    while seal(at=at):
        pass
    while index_new(at):
        pass
    while gather_clusters(at):
        pass
    while climb_due(at=at):
        pass


def test_lists_cost_the_same_however_many_rows_they_have(world: World, sign_in: Callable[[str], Client]) -> None:
    pages = [(sign_in(who), address) for who, addresses in LISTS.items() for address in addresses]
    pages += [(world.client(who), f"/api/v1/{call}") for who, calls in CALLS.items() for call in calls]
    everything(world, 0)
    everything(world, 1)
    settle(world)
    few = {f"{address} {number}": cost(client, address) for number, (client, address) in enumerate(pages)}
    for n in range(2, 6):
        everything(world, n)
    settle(world)
    many = {f"{address} {number}": cost(client, address) for number, (client, address) in enumerate(pages)}
    assert {name: n for name, n in many.items() if n != few[name]} == {}


# --- one matter -----------------------------------------------------------------------------------------------------


def story(world: World, rounds: int) -> Matter:
    """A matter that went `rounds` times through everything that a matter can go through, in hand again."""
    at, secretary, staff = world.at, world.actor("secretary"), world.actor("property_staff")
    matter = world.report(by="resident", contact_phone="13800000001")
    for n in range(rounds):
        at = world.at + n * timedelta(hours=12)
        joined = world.report(at=world.at)
        operations.open_contact(matter=matter, purpose="联系", by=secretary, at=at)
        operations.ask(matter=matter, by=secretary, at=at, text=f"几楼{n}？")
        operations.answer(matter=matter, by=reporter_actor(matter), at=at + timedelta(minutes=1), text="三楼")
        operations.merge(matter=joined, into=matter, by=secretary, at=at)
        operations.split(matter=matter, parts=[f"路灯不亮{n}"], by=secretary, at=at)
        if matter.status == "submitted":
            operations.accept(matter=matter, by=secretary, at=at)
        operations.dispatch(matter=matter, by=secretary, at=at)
        operations.return_matter(matter=matter, by=staff, at=at, reason="地址不清")
        operations.dispatch(matter=matter, by=secretary, at=at)
        operations.urge(matter=matter, by=world.actor("street_secretary"), at=at, note="抓紧")
        operations.supervise(matter=matter, by=world.actor("street_secretary"), at=at, note="三天内解决")
        operations.report_back(matter=matter, by=staff, at=at, reply="已安排")
        operations.release(matter=matter, by=world.actor("street_secretary"), at=at, note="")
        operations.sign(matter=matter, by=staff, at=at)
        operations.progress(matter=matter, by=staff, at=at, note="看过", reply="明天来修")
        operations.hold(matter=matter, by=staff, at=at, reason="等配件", until=at + timedelta(hours=2))
        operations.decide_pause(matter=matter, by=secretary, at=at, ok=True)
        operations.resume(matter=matter, by=staff, at=at + timedelta(hours=1))
        inspection(world, matter, at=at)
        ended = blow(world, matter, at=at + timedelta(hours=1))
        whistling.close(whistle=ended, by=secretary, at=at + timedelta(hours=2), note="已处理")
        if n < rounds - 1:
            for part in Matter.objects.filter(parent=matter, is_open=True):
                operations.reject(matter=part, by=secretary, at=at, reason="已另办")
            operations.ask(matter=matter, by=staff, at=at + timedelta(hours=2), text="哪一层？")
            operations.complete(matter=matter, by=staff, at=at + timedelta(hours=3), result="修好")
            operations.verify(matter=matter, by=secretary, at=at + timedelta(hours=3), note="看过")
            operations.feed_back(matter=matter, by=secretary, at=at + timedelta(hours=3), reply="修好了")
            operations.rate(matter=matter, by=reporter_actor(matter), at=at + timedelta(hours=3), stars=2)
            operations.reply_to_rating(matter=matter, by=secretary, at=at + timedelta(hours=3), reply="抱歉")
            operations.call_back(
                matter=matter, by=secretary, at=at + timedelta(hours=3), result="unsettled", note="又漏了", reopens=True
            )
    operations.ask(matter=matter, by=staff, at=at + timedelta(hours=3), text="哪一层？")
    return Matter.objects.get(pk=matter.pk)


def test_the_pages_of_a_matter_cost_the_same_however_much_has_happened(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    for _ in range(256):  # so that the proofs of both lean on leaves and on a whole tile
        record(verb="matter.urge", by=SYSTEM, at=world.at, subject_type="matter", subject_id=uuid4(), place_path="")
    short, long = story(world, 2), story(world, 5)
    for hours in (-48, 480):  # so that both have a next one in the queue
        world.matter(to="in_progress", at=world.at + timedelta(hours=hours))
    settle(world)
    track = Client()
    for matter in (short, long):
        track.post("/track/", {"number": matter.number, "code": matter.query_code})
    pages = [(sign_in("secretary"), f"/desk/matters/{{}}/{page}") for page in ("", "paper/docx/")]
    steps = ("", "ask/!", "progress/!", "complete/!")
    pages += [
        (sign_in("property_staff"), f"/{face}/matters/{{}}/{step}") for face in ("desk", "field") for step in steps
    ]
    pages += [(sign_in(who), "/desk/matters/{}/chain/") for who in ("secretary", "inspector")]
    pages += [(sign_in("inspector"), "/desk/matters/{}/chain/docx/")]
    pages += [(sign_in("secretary"), "/field/matters/{}/"), (track, "/track/{}/"), (track, "/track/{}/answer/!")]
    pages += [(sign_in("resident"), "/track/{}/")]
    for call in ("", "/timeline", "/similar", "/suggestions", "/chain"):
        pages += [(world.client("secretary"), f"/api/v1/matters/{{}}{call}")]
    costs = {
        f"{address} {number}": [cost(client, address.format(matter.number)) for matter in (short, long)]
        for number, (client, address) in enumerate(pages)
    }
    assert {name: found for name, found in costs.items() if len(set(found)) > 1} == {}


def test_the_page_of_a_whistle_costs_the_same_however_many_are_called(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    def whistle(units: tuple[str, ...]) -> Whistle:
        blown = blow(world, world.report("楼道里有煤气味"), units=units)
        for unit in units:
            by, at = world.actor(CALLED[unit]), world.at + timedelta(minutes=5)
            for act in (whistling.check_in, whistling.report_up, whistling.feed_back, whistling.arrive):
                more = {"note": "到了"} if act in (whistling.report_up, whistling.feed_back) else {}
                act(whistle=blown, unit=unit, by=by, at=at, **more)
        return Whistle.objects.get(pk=blown.pk)

    one, three = whistle((PROPERTY,)), whistle((PROPERTY, f"{HOME_STREET}.management", f"{DISTRICT}.housing"))
    for who in ("secretary", "property_staff"):
        client = sign_in(who)
        for address in ("/desk/whistles/{}/", "/field/whistles/{}/"):
            assert cost(client, address.format(one.pk)) == cost(client, address.format(three.pk)), (who, address)
        api = world.client(who)
        assert cost(api, f"/api/v1/whistles/{one.pk}") == cost(api, f"/api/v1/whistles/{three.pk}")


def test_the_public_page_of_a_result_costs_the_same(world: World) -> None:
    for n in range(3):
        operations.take_down(
            notice=world.matter(to="published", at=world.at + timedelta(minutes=n)).notice,
            by=SYSTEM, at=world.at + DAY, reason="重名",
        )  # fmt: skip
    first = world.matter(to="published").notice
    found = cost(Client(), f"/notices/{first.pk}/")
    for n in range(4):
        world.matter(to="published", at=world.at + timedelta(minutes=n))
    assert cost(Client(), f"/notices/{first.pk}/") == found

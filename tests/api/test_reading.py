"""Reading by API: lists and filters, what staff and residents see of a matter, openings, notices, units."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pingzhan.access.actors import SYSTEM
from pingzhan.journal import merkle
from pingzhan.journal.operations import record, seal
from pingzhan.matters import operations
from pingzhan.matters.models import Notice
from pingzhan.matters.operations.pictures import store_pictures
from tests.factories.pictures import picture
from tests.factories.world import AT, FAR, HOME, HOME_STREET, NEAR, World

MATTERS = "/api/v1/matters"


def numbers(client: Client, **filters: Any) -> list[str]:
    return [row["number"] for row in client.get(MATTERS, filters).json()["items"]]


def statements(client: Client, url: str, **filters: Any) -> int:
    client.get(url, filters)  # whatever is kept in memory is there afterwards
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url, filters).status_code == 200
    return len(asked)


def test_filters_find_what_they_say(world: World, clock: time_machine.Traveller) -> None:
    leak = world.report()
    noise = world.matter(text="广场舞太吵", to="in_progress", place=f"{NEAR}-G001")
    roof = world.report("屋面开裂", place=f"{FAR}-G002", at=AT + timedelta(days=1))
    done = world.matter(to="archived")
    client = world.client("command")
    clock.move_to(AT + timedelta(days=2))

    def found(**filters: Any) -> set[str]:
        return set(numbers(client, **filters))

    everything = {leak.number, noise.number, roof.number, done.number}
    assert found() == everything
    assert numbers(client)[0] == roof.number  # newest first
    assert found(place=HOME) == {leak.number, done.number}
    assert found(place=HOME_STREET) == everything - {roof.number}
    assert found(place=f"{FAR}-G002") == {roof.number}
    assert found(place="310107999") == set()
    assert found(status="in_progress") == {noise.number}
    assert found(status="archived") == {done.number}
    assert found(category="property") == {leak.number, done.number}
    assert found(category="noise.square") == {noise.number}
    assert found(handler="310107005.management") == {noise.number}
    assert found(open="false") == {done.number}
    assert found(overdue="true") == {leak.number, noise.number, roof.number}
    assert found(since="2026-03-11T00:00:00+08:00") == {roof.number}
    assert found(since="2026-03-11T10:00:00 08:00") == {roof.number}  # a plus that was not escaped
    assert found(q=noise.number) == {noise.number}
    assert found(urgency="urgent") == set()
    assert (
        numbers(client, order="due")[0]
        == min((leak, noise, roof), key=lambda matter: (matter.next_due_at, matter.id)).number
    )
    counts = client.get(f"{MATTERS}/counts").json()
    assert (counts["open"], counts["overdue"], counts["states"]["in_progress"]) == (3, 3, 1)


def test_words_are_found_by_search(world: World) -> None:
    from pingzhan.matters.findable import make_findable

    leak, noise = world.report(), world.report("广场舞太吵，睡不着")
    make_findable([leak.pk, noise.pk])
    assert numbers(world.client("secretary"), q="楼道 漏水") == [leak.number]
    assert numbers(world.client("far_secretary"), q="楼道 漏水") == []


def test_a_phone_is_found_whichever_way_it_is_written(world: World) -> None:
    matter = world.report(contact_name="王女士", contact_phone="100 0000 0001")
    world.report(contact_phone="100 0000 0002")
    assert numbers(world.client("secretary"), q="+86 100-0000-0001") == [matter.number]
    assert numbers(world.client("far_secretary"), q="10000000001") == []


def test_pages_follow_each_other_without_gap_or_overlap(world: World) -> None:
    made = [world.report(at=AT + timedelta(seconds=second)).number for second in range(7)]
    client = world.client("secretary")
    for order in ("newest", "due"):
        seen: list[str] = []
        after = ""
        for _ in range(4):
            page = client.get(MATTERS, {"limit": 2, "order": order, "after": after}).json()
            seen += [row["number"] for row in page["items"]]
            after = page["next"]
        assert after is None
        assert sorted(seen) == sorted(made)
    assert client.get(MATTERS, {"limit": 201}).status_code == 422
    assert client.get(MATTERS, {"after": "bm9uc2Vuc2U"}).status_code == 422


def test_lists_ask_a_constant_number_of_statements(world: World) -> None:
    """At most 8, whatever the filter and however long the page."""
    secretary, anybody, resident = world.client("secretary"), world.client(), world.client("resident")
    lists: list[tuple[Client, str, dict[str, Any]]] = [
        (secretary, MATTERS, {"place": f"{HOME}-G001", "status": "submitted", "q": "漏水", "overdue": "false"}),
        (secretary, MATTERS, {"order": "due", "category": "property", "since": "2026-03-01T00:00:00Z"}),
        (secretary, f"{MATTERS}/counts", {}),
        (secretary, "/api/v1/me/today", {}),
        (resident, "/api/v1/me/matters", {}),
        (resident, "/api/v1/me/openings", {}),
        (anybody, "/api/v1/public/notices", {"place": HOME}),
        (anybody, "/api/v1/categories", {}),
        (secretary, "/api/v1/units", {"place": HOME}),
        (anybody, f"/api/v1/places/{HOME}/children", {}),
    ]
    for_one = _fill(world, 1) or [statements(client, url, **filters) for client, url, filters in lists]
    for_many = _fill(world, 5) or [statements(client, url, **filters) for client, url, filters in lists]
    assert for_many == for_one
    assert max(for_many) <= 8


def _fill(world: World, count: int) -> None:
    for number in range(count):
        matter = world.report(by="resident", place=f"{HOME}-G00{number % 2 + 1}", contact_phone="10000000001")
        operations.open_contact(matter=matter, purpose="联系", by=world.actor("secretary"), at=world.at)
        world.matter(to="published")
        world.matter(text="没有路灯", to="in_progress")


def test_staff_see_notes_and_names_residents_what_is_said_to_them(world: World) -> None:
    matter = world.matter(by="resident", to="dispatched")
    manager = world.actor("property_staff")
    operations.sign(matter=matter, by=manager, at=AT + timedelta(minutes=5), note="内部说明")
    pictures = store_pictures([_upload("red")])
    operations.progress(
        matter=matter, by=manager, at=AT + timedelta(minutes=6), note="内部", reply="明天上门", pictures=pictures
    )
    url = f"{MATTERS}/{matter.number}"

    staff = world.client("secretary").get(f"{url}/timeline").json()["items"]
    assert [note for item in staff for note in item["notes"]] == ["内部说明", "内部"]
    assert all(UUID(item["entry"]) for item in staff)
    assert len(world.client("secretary").get(url).json()["attachments"]) == 1

    resident = world.client("resident")
    shown = resident.get(f"{url}/timeline").json()["items"]
    assert "内部" not in json.dumps(shown, ensure_ascii=False)
    assert [reply for item in shown for reply in item["replies"]] == ["明天上门"]
    assert resident.get(url).json()["attachments"] == []
    # A picture of the handling may show other people.
    attachment = world.client("secretary").get(url).json()["attachments"][0]["url"]
    assert world.client("secretary").get(attachment).status_code == 200
    assert resident.get(attachment).status_code == 404
    assert world.client().get(attachment, {"query_code": matter.query_code}).status_code == 404
    assert world.client().get(attachment).status_code == 401
    assert world.client("far_secretary").get(attachment).status_code == 404


def _upload(colour: str) -> Any:
    import io

    return io.BytesIO(picture(colour=colour))


def test_opening_a_contact_is_logged_and_seen_by_the_reporter(world: World) -> None:
    matter = world.report(by="resident", contact_name="陆居民", contact_phone="100 0000 0001")
    url = f"{MATTERS}/{matter.number}/contact"
    secretary = world.client("secretary")

    def open_it(client: Client, **body: Any) -> Any:
        return client.post(url, body, content_type="application/json")

    assert open_it(secretary).status_code == 422
    assert open_it(secretary, purpose=" ").status_code == 422
    opened = open_it(secretary, purpose="电话核实楼层")
    assert opened.json() == {"name": "陆居民", "phone": "10000000001"}
    assert opened["Cache-Control"] == "no-store"
    assert open_it(world.client("inspector"), purpose="看看").status_code == 403
    assert open_it(world.client("property_staff"), purpose="看看").status_code == 404  # not theirs yet
    assert open_it(world.client("resident"), purpose="看看").status_code == 403
    openings = world.client("resident").get("/api/v1/me/openings").json()["items"]
    assert [(row["who"], row["purpose"], row["matter"]) for row in openings] == [
        ("沈书记", "电话核实楼层", matter.number)
    ]
    assert world.client("other_resident").get("/api/v1/me/openings").json()["items"] == []


def test_notices_show_no_personal_data_and_go_when_taken_down(world: World) -> None:
    matter = world.matter(to="published")
    hidden = world.matter(to="published", place=f"{FAR}-G001")
    anybody = world.client()

    def shown(**filters: Any) -> list[str]:
        return [row["number"] for row in anybody.get("/api/v1/public/notices", filters).json()["items"]]

    assert shown() == [hidden.number, matter.number]
    assert shown(place=HOME) == [matter.number]
    assert shown(category="property") == [hidden.number, matter.number]
    assert shown(category="noise") == shown(place="310107999") == []
    operations.take_down(
        notice=Notice.objects.get(matter=hidden), by=world.actor("far_secretary"), at=AT, reason="有姓名"
    )
    assert shown() == [matter.number]


def test_a_wrong_number_and_a_wrong_code_look_alike(world: World) -> None:
    matter = world.report()
    get = world.client().get
    wrong_code = get(f"/api/v1/public/matters/{matter.number}", {"query_code": "AAAAAAAA"})
    wrong_number = get("/api/v1/public/matters/310107005001-20260310-9999", {"query_code": matter.query_code})
    assert wrong_code.status_code == wrong_number.status_code == 404
    assert wrong_code.json() == wrong_number.json()
    assert get(f"/api/v1/public/matters/{matter.number}").status_code == 422


def test_categories_name_their_groups(world: World) -> None:
    rows = world.client().get("/api/v1/categories").json()["items"]
    by_code = {row["code"]: row for row in rows}
    assert by_code["property.leak"]["parent"] == "property"
    assert by_code["property"]["parent"] is None
    assert by_code["fire.passage"]["danger"] is True
    kinds = world.client().get("/api/v1/categories", {"parent": "fire"}).json()["items"]
    assert [row["code"] for row in kinds] == ["fire.passage"]


def test_who_i_am(world: World) -> None:
    me = world.client("property_staff").get("/api/v1/me").json()
    assert me["name"] == "吴经理"
    assert me["home"] == "desk"
    (role,) = me["roles"]
    assert (role["role"], role["label"], role["place"], role["unit"]) == (
        "unit_staff",
        "单位经办人",
        HOME,
        f"{HOME}.property",
    )
    assert "matter.handle" in me["permissions"]
    nobody = world.client("resident").get("/api/v1/me").json()
    assert (nobody["roles"], nobody["permissions"], nobody["home"]) == ([], [], "portal")


def test_english_readers_get_english_names(world: World) -> None:
    world.report()
    row = world.client("secretary", HTTP_ACCEPT_LANGUAGE="en").get(MATTERS).json()["items"][0]
    assert (row["category_name"], row["handler_name"]) == ("Leaks", f"Property Manager {HOME}")


def test_an_entry_is_proved_against_the_tree(world: World) -> None:
    matter = world.matter(to="accepted")
    secretary = world.client("secretary")
    entry = secretary.get(f"{MATTERS}/{matter.number}/timeline").json()["items"][1]["entry"]
    url = f"/api/v1/journal/entries/{entry}/proof"
    assert secretary.get(url).status_code == 409  # not sealed yet
    seal(at=AT)
    proof = secretary.get(url).json()
    assert proof["entry"]["verb"] == "matter.accept"
    assert merkle.verify_inclusion(
        bytes.fromhex(proof["leaf"]),
        proof["position"],
        proof["tree"]["size"],
        [bytes.fromhex(node) for node in proof["path"]],
        bytes.fromhex(proof["tree"]["root"]),
    )
    for name, status in {
        "": 401,
        "resident": 404,
        "community_staff": 404,
        "far_secretary": 404,
        "inspector": 200,
    }.items():
        assert world.client(name).get(url).status_code == status


def test_the_timeline_of_what_was_taken_back_is_told(world: World) -> None:
    matter, secretary = world.report(), world.actor("secretary")
    done = operations.bulk(act="accept", matters=[matter], by=secretary, at=world.at)
    operations.undo(action_id=done.action.pk, by=secretary, at=world.at)
    record(
        verb="matter.relocate", by=SYSTEM, at=world.at, subject_type="matter", subject_id=matter.pk,
        place_path=matter.path,
    )  # fmt: skip
    told = world.client("secretary").get(f"/api/v1/matters/{matter.number}/timeline")
    assert [item["step"] for item in told.json()["items"]] == ["report", "accept", "undo", "relocate"]


def test_after_closing_who_reported_it_is_called_and_their_rating_answered(world: World) -> None:
    matter = world.matter(to="rated", contact_phone="10012345678")
    url, secretary = f"{MATTERS}/{matter.number}", world.client("secretary")
    said = {"reply": "谢谢，我们会再来看"}
    for _ in range(2):  # the same key again takes no second effect
        answer = secretary.post(
            f"{url}/reply_rating", json.dumps(said), "application/json", headers={"Idempotency-Key": "reply-1"}
        )
        assert answer.status_code == 200
    assert secretary.post(f"{url}/reply_rating", json.dumps(said), "application/json").status_code == 409
    told = Client().get(f"/api/v1/public/matters/{matter.number}", {"query_code": matter.query_code}).json()["rating"]
    assert (told["stars"], told["reply"], told["reasons"]) == (5, "谢谢，我们会再来看", [])
    wrong = secretary.post(f"{url}/call_back", json.dumps({"result": "unsettled"}), "application/json")
    assert wrong.status_code == 422
    call = {"result": "unsettled", "note": "又漏了", "reopens": True}
    again = secretary.post(f"{url}/call_back", json.dumps(call), "application/json").json()
    assert again["status"] == "accepted"
    assert [clock["kind"] for clock in again["clocks"] if clock["state"] == "running"] == ["dispatch"]

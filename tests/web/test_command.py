"""The command face: choose, preview, activate, lead and end; and the pages that change for everybody meanwhile."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pingzhan.access.actors import SYSTEM
from pingzhan.core.sheets import read_rows
from pingzhan.modes import queries as in_force
from pingzhan.modes.models import Response
from pingzhan.people.operations import appoint, create_person
from pingzhan.response.models import CheckItem, Plan, Proposal, PublicWarning
from pingzhan.response.operations import consider, take_signal
from pingzhan.response.operations.shipped import load_shipped
from pingzhan.response.rules.document import SECTIONS, check
from pingzhan.response.rules.head import head_of
from pingzhan.response.rules.source import parts_of
from pingzhan.web.portal.emergencies import emergencies
from tests.factories.plans import SHORT, publish_plan, ready
from tests.factories.stations import furnish
from tests.factories.world import DISTRICT, FAR, FAR_STREET, HOME, HOME_STREET, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _then(world: World) -> Any:
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        yield


def enter(world: World, name: str = "", *, twice: bool = True) -> Client:
    return world.browser(name, twice=twice)


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    return str(answer.content.decode())


def activate(world: World, client: Client, **more: Any) -> Response:
    asked = {"plan": "short", "level": "2", "places": [HOME_STREET]} | more
    manifest = client.get(reverse("command:preview"), asked).context["manifest"]
    client.post(reverse("command:activate"), asked | {"digest": manifest.digest})
    in_force.forget()
    return Response.objects.latest("since", "id")


def test_everybody_sees_their_page_change_and_change_back(world: World) -> None:
    ready(world)
    command = enter(world, "command")
    assert "现在是平时" in page(command, "command:home")
    assert "短预案" in page(command, "command:switch")
    shown = page(command, "command:preview", plan="short", level="2", places=HOME_STREET)
    assert "采样点" in shown
    assert "按住两秒" in shown
    assert not Response.objects.exists()
    response = activate(world, command)
    assert "短预案" in page(command, "command:response", response.pk)
    for kind in ("person_duty", "room_function", "clock", "notice", "task", "booking", "person_role"):
        page(command, "command:response", response.pk, kind=kind)
    assert "我的职责变化" in page(enter(world, "grid_worker"), "field:today")
    assert "我的职责变化" not in page(enter(world, "far_grid_worker"), "field:today")
    desk = page(enter(world, "secretary"), "desk:queue")
    assert "发告知书" in desk  # a task of the community, though no duty is the secretary's
    today = world.client("secretary").get("/api/v1/me/today").json()
    assert [(one["title"], one["places"]) for one in today["tasks"]] == [("发告知书", [HOME])]
    assert "mode-orange" in desk
    assert "mode-orange" not in page(enter(world, "far_secretary"), "desk:queue")
    assert "采样点" in page(enter(world, "secretary"), "desk:stations")
    visitor = page(enter(world), "portal:home")
    assert "请留在家中" in visitor
    assert "请留意通知" not in visitor  # the warning waits for a person
    warning = PublicWarning.objects.get()
    command.post(reverse("command:act", args=[response.pk, "warn"]), {"warning": warning.pk})
    assert "请留意通知" in page(enter(world), "portal:home")
    command.post(reverse("command:act", args=[response.pk, "check"]), {"number": "1"})
    assert CheckItem.objects.get(response_id=response.pk, number=1).done_by == "区主任"
    command.post(reverse("command:act", args=[response.pk, "level"]), {"level": "1", "reason": "加重"})
    refused = command.post(reverse("command:act", args=[response.pk, "renew"]), {"until": "x", "reason": "y"})
    assert refused.status_code == 422
    command.post(reverse("command:act", args=[response.pk, "stand-down"]))
    in_force.forget()
    assert "恢复平时" in page(command, "command:response", response.pk)
    assert "我的职责变化" not in page(enter(world, "grid_worker"), "field:today")
    assert "请留在家中" not in page(enter(world), "portal:home")
    assert "mode-orange" not in page(enter(world, "secretary"), "desk:queue")


def test_residents_are_led_to_stations_of_the_area_only(world: World) -> None:
    furnish(world)
    source = SHORT.replace('{name: 急救, phone: "120"}', "{name: 采样点, function: sampling_point}")
    publish_plan(world, source)
    for street in (HOME_STREET, FAR_STREET):
        activate(world, enter(world, "command"), places=[street])
    told = {one["places"][0]: one["notices"][0]["services"][0]["where"] for one in emergencies(timezone.now())}
    home, far = (told[world.places[street].name] for street in (HOME_STREET, FAR_STREET))
    assert home
    assert far
    assert not set(home) & set(far)


def test_what_was_wanting_is_told_with_its_place(world: World) -> None:
    ready(world)
    command = enter(world, "command")
    response = activate(world, command, places=[FAR])
    assert re.search(r"没有 B 角.*曹家巷居委会", page(command, "command:response", response.pk))


def test_nobody_reads_what_is_wanting_or_counted_in_another_area(world: World) -> None:
    ready(world)
    command = enter(world, "command")
    response = activate(world, command, places=[HOME_STREET, FAR_STREET])
    whole = page(command, "command:response", response.pk)
    assert "袁网格" in whole  # without a telephone, in the other street
    own = page(enter(world, "secretary"), "command:response", response.pk)
    assert "袁网格" not in own
    assert "曹家巷" not in own
    counts = {name: answers(world, name, response)["counts"] for name in ("command", "secretary")}
    duties = world.client("secretary").get(f"/api/v1/responses/{response.pk}/duties", {"limit": 200}).json()["items"]
    assert counts["secretary"]["person_duty"] == len(duties) < counts["command"]["person_duty"]
    listed = world.client("secretary").get("/api/v1/responses").json()["items"]
    assert listed[0]["counts"] == counts["secretary"]


def answers(world: World, name: str, response: Response) -> dict[str, Any]:
    return dict(world.client(name).get(f"/api/v1/responses/{response.pk}").json())


def test_another_level_is_previewed_and_an_outdated_preview_is_shown_anew(world: World) -> None:
    ready(world)
    command = enter(world, "command")
    response = activate(world, command)
    address = reverse("command:level", args=[response.pk])
    shown = command.get(address, {"level": "4"})
    groups = {(group["label"], group["kind"]): group["count"] for group in shown.context["groups"]}
    assert groups["结束", "用房功能"] == 2
    assert groups["结束", "人员责任"] == 8
    assert shown.context["same"] == 3  # two tasks and the notice
    assert "恢复平时" in shown.content.decode()
    assert command.get(address, {"level": "2"}).status_code == 302  # it is there already
    assert enter(world, "secretary").get(address, {"level": "4"}).status_code == 404
    act = reverse("command:act", args=[response.pk, "level"])
    stale = command.post(act, {"level": "4", "reason": "好转", "digest": "0" * 64})
    assert stale.status_code == 409
    assert stale.context["typed"] == "好转"
    response.refresh_from_db()
    assert response.level == 2
    command.post(act, {"level": "4", "reason": "好转", "digest": shown.context["digest"]})
    response.refresh_from_db()
    assert response.level == 4
    back = command.get(address, {"level": "1"})
    assert sum(group["count"] for group in back.context["groups"]) > 10


def test_a_draft_of_the_level_before_is_no_longer_offered(world: World) -> None:
    ready(world)
    command = enter(world, "command")
    response = activate(world, command)
    assert page(command, "command:response", response.pk).count("发布给居民") == 1
    command.post(reverse("command:act", args=[response.pk, "level"]), {"level": "1", "reason": "加重"})
    assert PublicWarning.objects.count() == 2
    assert page(command, "command:response", response.pk).count("发布给居民") == 1


def test_high_levels_need_a_second_factor(world: World) -> None:
    ready(world)
    street = enter(world, "street_secretary", twice=False)
    assert "两步验证" in page(street, "command:preview", plan="short", level="2", places=HOME_STREET)
    answer = street.post(
        reverse("command:activate"), {"plan": "short", "level": "2", "places": [HOME_STREET], "digest": "0" * 64}
    )
    assert answer.url == reverse("mfa_index")
    assert not Response.objects.exists()


def test_a_session_reaches_high_levels_by_no_other_door(world: World) -> None:
    ready(world)
    asked = {"plan": "short", "level": 2, "places": [HOME_STREET]}

    def send(name: str, address: str, body: dict[str, Any], *, twice: bool = False) -> Any:
        return enter(world, name, twice=twice).post(address, body, content_type="application/json")

    digest = send("street_secretary", "/api/v1/responses/preview", asked).json()["digest"]
    refused = send("street_secretary", "/api/v1/responses", asked | {"digest": digest})
    assert refused.status_code == 403
    assert not Response.objects.exists()
    low = send("street_secretary", "/api/v1/responses/preview", asked | {"level": 4}).json()["digest"]
    made = send("street_secretary", "/api/v1/responses", asked | {"level": 4, "digest": low}).json()
    raised = {"level": 2, "reason": "加重"}
    address = f"/api/v1/responses/{made['id']}/change_level"
    assert send("street_secretary", address, raised).status_code == 403
    assert send("street_secretary", address, raised, twice=True).status_code == 200


def test_what_is_laid_is_named(world: World) -> None:
    ready(world)
    command = enter(world, "command")
    response = activate(world, command)
    address = reverse("command:response", args=[response.pk])
    rooms = command.get(address, {"kind": "room_function"}).content.decode()
    assert "源园居委会党群服务站 · 活动室</strong> · 采样点 · 约" in rooms
    assert "受理时限</strong> · 30 分钟" in command.get(address, {"kind": "clock"}).content.decode()
    asked = {"plan": "short", "level": "1", "places": HOME_STREET}
    preview = command.get(reverse("command:preview"), asked).content.decode()
    assert "受理时限" in preview
    assert ">accept<" not in preview


def test_by_the_api_another_level_is_previewed_and_taken_only_as_it_was_seen(world: World) -> None:
    ready(world)
    command = enter(world, "command")
    response = activate(world, command)
    address = f"/api/v1/responses/{response.pk}/change_level"

    def send(address: str, **body: Any) -> Any:
        return command.post(address, body, content_type="application/json")

    seen = send(f"{address}/preview", level=4).json()
    assert {one["change"] for one in seen["items"]} == {"ended"}  # the short plan asks for nothing else at Ⅳ
    room = next(one for one in seen["items"] if one["kind"] == "room_function")
    assert (room["place"][:9], room["after"]) == (HOME_STREET, "恢复平时")
    assert seen["same"] == 3  # the notice and two tasks
    assert send(f"{address}/preview", level=3).status_code == 422  # the plan has none
    stale = send(address, level=4, reason="好转", digest="0" * 64)
    assert (stale.status_code, stale.json()["preview"]) == (409, seen)
    response.refresh_from_db()
    assert response.level == 2
    assert send(address, level=4, reason="好转", digest=seen["digest"]).json()["level"] == 4
    assert send(f"/api/v1/responses/{response.pk}/stand_down").status_code == 200
    assert send(f"{address}/preview", level=2).status_code == 409


def test_the_preview_of_another_level_asks_no_more_for_a_district_than_for_a_community(world: World) -> None:
    ready(world)
    command = enter(world, "command")
    asked = []
    for code in (HOME, DISTRICT):
        response = activate(world, command, places=[code])
        address = f"/api/v1/responses/{response.pk}/change_level/preview"
        command.post(address, {"level": 4}, content_type="application/json")  # what is read once in a while
        with CaptureQueriesContext(connection) as captured:
            answer = command.post(address, {"level": 4}, content_type="application/json")
        assert answer.status_code == 200
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_an_outdated_preview_shows_the_new_one(world: World) -> None:
    ready(world)
    command = enter(world, "command")
    asked = {"plan": "short", "level": "2", "places": [HOME_STREET], "digest": "0" * 64}
    answer = command.post(reverse("command:activate"), asked)
    assert answer.status_code == 409
    assert "什么都还没有改变" in answer.content.decode()
    assert command.get(reverse("command:export"), asked).status_code == 200
    found = command.get(reverse("command:preview"), asked | {"q": "活动室"})
    assert "活动室" in found.content.decode()
    assert command.get(reverse("command:preview"), asked | {"level": "9"}).status_code == 422
    assert enter(world, "secretary").get(reverse("command:preview"), asked | {"places": FAR}).status_code == 404


def test_an_outdated_preview_tells_where_it_changed(world: World) -> None:
    ready(world)
    command = enter(world, "command")
    asked = {"plan": "short", "level": "2", "places": [HOME_STREET]}
    seen = command.get(reverse("command:preview"), asked).context
    person = create_person(name="新网格员", phone="10000099999", place=world.places[HOME], by=SYSTEM, at=world.at)
    appoint(person=person, role="grid_worker", place=world.places[f"{HOME}-G002"], by=SYSTEM, at=world.at)
    stale = {"digest": seen["manifest"].digest, "parts": seen["parts"]}
    answer = command.post(reverse("command:activate"), asked | stale)
    assert answer.status_code == 409
    told = {(one["label"], one["place"].rpartition(" · ")[2]): one["count"] for one in answer.context["since"]}
    assert told["人员角色", "源园居委会"] == 2
    assert ("人员角色", "花溪园居委会") not in told  # there it is as it was, and so are the rooms
    assert {label for label, _place in told} <= {"人员角色", "人员责任", "短板"}
    assert "预览之后变了的" in answer.content.decode()
    for broken in ("[]", "{", '{"x": 1, "person_duty ../": 2}'):
        again = command.post(reverse("command:activate"), asked | stale | {"parts": broken})
        assert again.status_code == 409
    made = command.post(reverse("command:activate"), asked | {"digest": answer.context["manifest"].digest})
    assert made.status_code == 302
    rows = read_rows(
        command.get(reverse("command:export"), asked | {"places": FAR}).content,
        columns={"类别": "kind", "对象": "subject", "改为": "after"},
    )
    assert "没有 B 角" in {row["after"] for _number, row in rows if row["kind"] == "短板"}


def test_a_drill_is_marked_and_seen_by_its_people_only(world: World) -> None:
    ready(world)
    response = activate(world, enter(world, "command"), exercise="1")
    assert response.exercise
    assert "mode-exercise" in page(enter(world, "grid_worker"), "field:today")
    assert "mode-exercise" not in page(enter(world, "inspector"), "desk:queue")
    assert "请留在家中" not in page(enter(world), "portal:home")


def test_a_plan_is_written_reviewed_and_published_on_its_pages(world: World) -> None:
    plan = ready(world)
    command, street = enter(world, "command"), enter(world, "street_secretary")
    assert "短预案" in page(command, "command:plans")
    shown = page(command, "command:plan", plan.code)
    assert "包楼栋" in shown
    assert "审核 系统" in shown  # no raw name
    assert "准备程度" in page(command, "command:readiness", plan.code, place=HOME, level="2")
    broken = street.post(
        reverse("command:plan_new"), {"place": HOME_STREET, "source": SHORT.replace("hazard: other", "hazard: ufo")}
    )
    assert broken.status_code == 422
    assert "第 4 行" in broken.content.decode()
    adaptation = "schema: 1\nadapts: short\nchanges:\n  clocks:\n    accept: {minutes: 10}\n"
    answer = street.post(reverse("command:plan_new"), {"place": HOME_STREET, "source": adaptation})
    assert answer.status_code == 302
    made = plan.adaptations.get()
    version = made.versions.get()
    shown = page(command, "command:plan", made.code)
    assert "与上级不同的地方" in shown
    assert "clocks.accept" not in shown  # in words
    assert re.search(r"受理.*办理时限 · 分钟.*上级 30 · 本地 <b>10</b>", shown, re.DOTALL)
    own = street.post(reverse("command:plan_step", args=[made.code, version.pk, "review"]), follow=True)
    assert "编写人以外" in own.content.decode()
    command.post(reverse("command:plan_step", args=[made.code, version.pk, "review"]))
    command.post(reverse("command:plan_step", args=[made.code, version.pk, "publish"]))
    version.refresh_from_db()
    assert version.state == "published"
    seen = page(command, "command:plan_edit", plan.code)
    assert "短预案" in seen
    stale = command.post(reverse("command:plan_edit", args=[plan.code]), {"source": SHORT, "seen": "x"})
    assert stale.status_code == 412


def test_a_warning_is_noted_proposes_and_is_followed_to_the_preview(world: World) -> None:
    furnish(world)
    condition = "{code: typhoon, title: 台风橙色预警, level: 2, when: warning.typhoon >= 3}"
    publish_plan(world, SHORT.replace("conditions:\n", f"conditions:\n  - {condition}\n"))
    command = enter(world, "command")
    assert "条件已达到" not in page(command, "command:home")
    assert "还没有外来信息" in page(command, "command:signals")
    said = {"name": "warning.typhoon", "place": DISTRICT, "value": "3", "until": "2026-03-12T08:00"}
    for wrong in ({"value": "很大"}, {"value": "9"}, {"until": "明天"}, {"until": "2026-03-01T08:00"}, {"name": "x"}):
        refused = command.post(reverse("command:signals"), said | wrong)
        assert refused.status_code == 422
        assert "data-problem" in refused.content.decode()
    assert command.post(reverse("command:signals"), said).status_code == 302
    shown = page(command, "command:signals")
    assert "台风预警" in shown
    assert "橙色" in shown
    home = page(command, "command:home")
    assert "条件已达到" in home
    assert "台风橙色预警" in home
    assert "warning.typhoon" not in home  # in words
    row = Proposal.objects.get()
    answer = command.post(reverse("command:proposal", args=[row.pk, "accept"]))
    assert answer.url == f"{reverse('command:preview')}?plan=short&level=2&places={DISTRICT}"
    assert "按住两秒" in command.get(answer.url).content.decode()
    assert not Response.objects.exists()
    assert "条件已达到" not in page(command, "command:home")
    assert "已采纳" in page(command, "command:plan", "short")
    again = command.post(reverse("command:proposal", args=[row.pk, "dismiss"]), {"reason": "误报"}, follow=True)
    assert "已有人决定" in again.content.decode()


def test_what_is_not_followed_keeps_its_reason_and_is_not_shown_to_others(world: World) -> None:
    plan = ready(world)
    world.report("楼道漏水")
    consider(at=world.at)
    row = Proposal.objects.get()
    assert enter(world, "secretary").post(reverse("command:proposal", args=[row.pk, "accept"])).status_code == 404
    command = enter(world, "command")
    told = command.post(reverse("command:proposal", args=[row.pk, "dismiss"]), {"reason": ""}, follow=True)
    assert "请写明不启动的理由" in told.content.decode()
    command.post(reverse("command:proposal", args=[row.pk, "dismiss"]), {"reason": "当天已处置完毕"})
    assert "当天已处置完毕" in page(command, "command:plan", plan.code)
    assert "条件已达到" not in page(command, "command:home")


def test_a_proposal_of_a_higher_level_leads_to_the_response_that_is_there(world: World) -> None:
    furnish(world)
    condition = "{code: typhoon, title: 台风, level: 1, when: warning.typhoon >= 4}"
    publish_plan(world, SHORT.replace("conditions:\n", f"conditions:\n  - {condition}\n"))
    command = enter(world, "command")
    response = activate(world, command)
    take_signal(
        name="warning.typhoon", place=world.places[DISTRICT], value=4, until=world.at + timedelta(days=1),
        by=world.actor("command"), at=world.at,
    )  # fmt: skip
    answer = command.post(reverse("command:proposal", args=[Proposal.objects.get(level=1).pk, "accept"]))
    assert answer.url == reverse("command:response", args=[response.pk])


def test_the_head_of_a_plan_is_changed_by_a_form(world: World) -> None:
    plan = ready(world)
    command = enter(world, "command")
    shown = command.get(reverse("command:plan_head", args=[plan.code]))
    typed = {
        "title": "短预案", "title_en": "", "hazard": "other", "purpose": "守住每一户", "sunset_days": "5",
        "review_months": "12", "seen": shown.context["seen"],
        "level-1-on": "1", "level-1-activate": ["district_command"],
        "level-2-on": "1", "level-2-when": "加重", "level-2-activate": ["district_command", "street_secretary"],
        "level-4-on": "1", "level-4-activate": ["street_secretary", "community_secretary"],
        "condition-0-code": "many", "condition-0-title": "事项很多", "condition-0-level": "4",
        "condition-0-when": "matters.today >= 9", "condition-1-title": "台风", "condition-1-level": "2",
        "condition-1-when": "warning.typhoon >= 3", "condition-1-until": "warning.typhoon == 0",
    }  # fmt: skip
    address = reverse("command:plan_head", args=[plan.code])
    wrong = command.post(address, typed | {"sunset_days": "很久", "condition-1-when": "wind >= 3"})
    assert wrong.status_code == 422
    told = wrong.content.decode()
    assert 'href="#f-sunset_days"' in told
    unknown = command.post(address, typed | {"condition-1-when": "wind >= 3"}).content.decode()
    assert 'aria-describedby="f-condition-1-when-error"' in unknown
    no_role = command.post(address, {name: value for name, value in typed.items() if name != "level-2-activate"})
    assert 'href="#f-level-2-activate"' in no_role.content.decode()
    nameless = command.post(address, typed | {"title": "", "sunset_days": ""}).content.decode()
    assert nameless.count('href="#f-title"') == nameless.count('href="#f-sunset_days"') == 1
    assert "第 1 行" not in nameless
    assert "守住每一户" in told  # nothing typed is lost
    assert plan.versions.count() == 1
    assert command.post(address, typed).status_code == 302
    draft = plan.versions.get(number=2)
    head, before = head_of(draft.source), head_of(plan.versions.get(number=1).source)
    assert (head["sunset_days"], head["purpose"]) == (5, "守住每一户")
    assert head["levels"]["2"] == {"when": "加重", "activate": ["district_command", "street_secretary"]}
    assert [one["code"] for one in head["conditions"]] == ["many", "condition1"]
    assert draft.source[draft.source.index("functions:") :] == SHORT[SHORT.index("functions:") :]
    assert before["sunset_days"] == 2
    assert "守住每一户" in page(command, "command:plan_head", plan.code)
    assert command.post(address, typed).status_code == 412  # somebody else has saved meanwhile


def test_readiness_leads_to_where_each_weakness_is_mended(world: World) -> None:
    furnish(world)
    supply = (
        'supplies:\n  - {code: w, item: 饮用水, per_head_day: "3", unit: 升, source: 街镇, stock: water, levels: [2]}\n'
    )
    plan = publish_plan(world, SHORT.replace("tasks:\n", f"{supply}tasks:\n"))
    command = enter(world, "command")
    shown = page(command, "command:readiness", plan.code, place=FAR, level="2")
    links = set(re.findall(r'href="([^"]+)"', shown))
    for way in ("/desk/coverage/", "/desk/persons/", "/command/signals/", "/command/switch/"):
        assert any(link.startswith(way) for link in links), way
    for link in links:
        if link.startswith(("/desk/coverage/", "/desk/persons/", "/command/", "/desk/stations/")):
            assert command.get(link.replace("&amp;", "&")).status_code == 200, link
    assert "没有人报过" in shown
    said = {"name": "stock.water", "place": world.places[FAR], "until": world.at + timedelta(days=9)}
    take_signal(**said, value=1.5, by=world.actor("command"), at=world.at)
    assert "还够 1.5 天" in page(command, "command:readiness", plan.code, place=FAR, level="2")
    take_signal(**said, value=3, by=world.actor("command"), at=world.at)
    assert "饮用水" not in page(command, "command:readiness", plan.code, place=FAR, level="2")


def test_the_preview_has_a_mark_for_each_community_with_what_changes_and_what_is_wanting(world: World) -> None:
    ready(world)
    command = enter(world, "command")
    asked = {"plan": "short", "level": "2", "places": [HOME_STREET, FAR]}
    shown = command.get(reverse("command:preview"), asked)
    marks = {point["name"].partition("：")[0]: point for point in shown.context["points"]}
    assert set(marks) == {"源园居委会", "花溪园居委会", "曹家巷居委会"}
    gaps = {name for name, point in marks.items() if point["bad"]}
    assert "曹家巷居委会" in gaps
    manifest = shown.context["manifest"]
    here = sum(HOME in item.path for item in manifest.items)
    assert f"改变 {here} 项" in marks["源园居委会"]["name"]
    one = command.get(marks["曹家巷居委会"]["url"])
    assert "曹家巷" in one.content.decode()
    assert one.context["words"] == "曹家巷居委会"


def test_the_format_is_explained_with_an_example_of_each_part(world: World) -> None:
    shown = enter(world, "command").get(reverse("command:plan_format"))
    assert shown.status_code == 200
    parts = {part["name"]: part for part in shown.context["parts"]}
    assert set(SECTIONS) | {"head", "levels", "conditions", "warning", "stand_down", "adaptation"} == set(parts)
    for name, part in parts.items():
        assert part["example"], name
        assert all(one["label"] and one["holds"] for one in part["fields"]), name
    whole = "\n".join(part["example"] for name, part in parts.items() if name not in ("head", "adaptation"))
    source = f"{parts['head']['example']}\n{whole}\n"
    assert check(source)[1] == []  # what is shown can be written just so
    assert check(parts["adaptation"]["example"])[1] == []


def test_the_list_of_plans_asks_no_more_for_many(world: World) -> None:
    furnish(world)
    publish_plan(world)
    command = enter(world, "command")
    page(command, "command:plans")

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(command, "command:plans")
        return len(asked)

    before = statements()
    for code in ("one", "two", "three"):
        publish_plan(world, SHORT.replace("code: short", f"code: {code}"))
    assert statements() == before


def test_english_readers_are_told_of_plans_in_english(world: World) -> None:
    furnish(world)
    publish_plan(world, SHORT.replace("title: 短预案\n", "title: 短预案\ntitle_en: Short plan\n"))
    command = enter(world, "command")
    activate(world, command)
    command.cookies["language"] = "en"
    for name, args in (("command:home", ()), ("command:plans", ()), ("command:plan", ("short",))):
        assert "Short plan" in page(command, name, *args)
    assert "Short plan" in page(command, "desk:queue")
    command.cookies["language"] = "zh-hans"
    assert "Short plan" not in page(command, "desk:queue")


def test_an_item_of_a_plan_is_added_changed_and_taken_out_by_a_form(world: World) -> None:
    plan = ready(world)
    command = enter(world, "command")
    shown = page(command, "command:plan", plan.code)
    assert reverse("command:plan_item", args=[plan.code, "duties", "building"]) in shown
    address = reverse("command:plan_item", args=[plan.code, "duties", "building"])
    form = command.get(address)
    typed = {
        "title": "包楼栋", "per": "building", "roles": ["building_leader", "grid_worker"], "max_load": "9",
        "levels": ["1", "2"], "tasks": "敲门走访\r\n\r\n登记需求", "seen": form.context["seen"],
    }  # fmt: skip
    wrong = command.post(address, typed | {"number": "很多", "title": ""})
    assert wrong.status_code == 422
    told = wrong.content.decode()
    assert 'href="#f-number"' in told
    assert "敲门走访" in told  # nothing typed is lost
    assert plan.versions.count() == 1

    assert command.post(address, typed).status_code == 302
    draft = plan.versions.get(number=2)
    duties = parts_of(draft.source)["duties"]
    assert [one.get("tasks") for one in duties] == [["敲门走访", "登记需求"]]
    assert draft.source[draft.source.index("tasks:\n  - {") :] == SHORT[SHORT.index("tasks:\n  - {") :]
    assert command.post(address, typed).status_code == 412  # somebody else has saved meanwhile

    def save(section: str, *item: str, **said: Any) -> Any:
        name = "command:plan_item" if item else "command:plan_item_new"
        place = reverse(name, args=[plan.code, section, *item])
        answer = command.post(place, {"seen": command.get(place).context["seen"], **said})
        assert answer.status_code == 302, answer.content.decode()
        return parts_of(plan.versions.order_by("-number")[0].source).get(section)

    added = save("supplies", item="口罩", per_head_day="2", unit="只", source="街镇仓库", levels=["2"])
    assert added == [
        {"code": "supplies-1", "item": "口罩", "per_head_day": "2", "unit": "只", "source": "街镇仓库", "levels": [2]}
    ]
    assert save("supplies", "supplies-1", act="delete", item="口罩") is None
    stay: dict[str, Any] = {"title": "请留在家中", "text": "有困难请联系居委。", "levels": ["1"]}
    notices = save("notices", "all", services="急救 | 120\n药房", **stay)
    assert notices[0]["services"] == [{"name": "急救", "phone": "120"}, {"name": "药房"}]
    stand_down = save("stand_down", conditions="险情解除", checklist="人员撤岗\n用房清场\n归还钥匙")
    assert stand_down["checklist"][2] == "归还钥匙"
    warning = save("warning", event="演习", category="Met", headline="请留意", description="请留意通知。", levels=["1"])
    assert warning["category"] == "Met"
    assert "归还钥匙" in page(command, "command:plan", plan.code, version=plan.versions.count())

    for section, item in (("duties", "nobody"), ("nothing", "building"), ("warning", "x"), ("levels", "1")):
        assert command.get(reverse("command:plan_item", args=[plan.code, section, item])).status_code == 404
    assert enter(world, "secretary").get(address).status_code in (403, 404)


def test_the_form_of_an_item_offers_what_the_plans_use(world: World) -> None:
    furnish(world)
    load_shipped(place=world.places[DISTRICT], by=SYSTEM, at=world.at)
    command = enter(world, "command")
    seen = 0
    for plan in Plan.objects.filter(parent__isnull=True).order_by("code"):
        source = plan.versions.order_by("-number")[0].source
        for section in SECTIONS:
            for item in parts_of(source).get(section, [])[:2]:
                form = command.get(reverse("command:plan_item", args=[plan.code, section, item["code"]]))
                typed: dict[str, Any] = {"seen": form.context["seen"]}
                for row in form.context["fields"]:
                    value = row["value"]
                    typed[row["field"].name] = (
                        [code for code, _label, on in value if on] if row["field"].kind == "many" else value
                    )
                answer = command.post(form.request["PATH_INFO"], typed)
                assert answer.status_code == 302, answer.content.decode()
                assert plan.versions.order_by("-number")[0].source == source, (plan.code, section, item["code"])
                seen += 1
    assert seen > 20

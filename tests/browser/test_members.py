"""A member by real hands in a real browser: checks in on a phone, is vetted, called, joins, is asked, accepts."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from pingzhan.access.models import User
from pingzhan.people import operations
from pingzhan.people.models import CheckIn, TalentAsk
from tests.browser.conftest import SIGNED_IN_TWICE
from tests.browser.test_accessible import assert_accessible, violations
from tests.faces import OpenPage
from tests.factories.members import PHONE, check_in, load_skills, team

if TYPE_CHECKING:
    from tests.factories.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def fair(page: Page) -> None:
    """The page as it is now can be used by everybody."""
    expect(page.locator("html[data-ready]")).to_be_attached()
    assert violations(page) == []


def test_a_member_checks_in_is_vetted_called_joins_is_found_asked_and_accepts(
    world: "World", visit: Visit, open_page: OpenPage
) -> None:
    load_skills(world)
    captain = check_in(world, phone="10012340100", name="于队长", to="joined", at=world.at - timedelta(days=1))
    member = team(world).members.select_related("person", "team__place").get(person__name="于队长")
    operations.place_member(member=member, post="captain", by=world.actor("secretary"), at=world.at)

    def as_person(found: CheckIn, face: str) -> Page:
        found.refresh_from_db()
        assert found.person is not None
        return open_page(face, user=User.objects.get(pk=found.person.user_id), session=SIGNED_IN_TWICE)

    # On the phone: no sign-in.
    phone = visit("phone")
    phone.goto("/")
    phone.get_by_role("link", name="我要报到").click()
    fair(phone)
    phone.get_by_label("姓名").fill("秦志愿")
    phone.get_by_label("手机号码").fill(PHONE)
    phone.locator("select[name=place]").first.select_option(label="曹杨新村街道")
    expect(phone.locator("select[name=place]")).to_have_count(2)
    phone.locator("select[name=place]").nth(1).select_option(label="源园居委会")
    expect(phone.locator("select[name=place]")).to_have_count(3)
    phone.locator("select[name=place]").nth(2).select_option(label="1号楼")
    phone.get_by_label("护士").check()
    phone.get_by_label("周末和节假日").check()
    phone.get_by_label("我读过了，同意这样使用").check()
    phone.get_by_role("button", name="提交报到").last.click()
    expect(phone.get_by_role("heading", name="报到已收到")).to_be_visible()
    found = CheckIn.objects.get(name="秦志愿")

    # On the desk: vetted.
    desk = visit("desk", "secretary")
    desk.goto("/desk/members/?state=submitted")
    fair(desk)
    expect(desk.get_by_text(PHONE)).to_have_count(0)
    desk.get_by_role("link", name="秦志愿").click()
    fair(desk)
    desk.get_by_role("button", name="审核通过").click()
    expect(desk.locator(".sheet-chips")).to_contain_text("待联系")

    # The captain calls and puts them on the team.
    captains = as_person(captain, "phone")
    captains.goto("/field/team/")
    fair(captains)
    captains.get_by_role("link", name=re.compile("秦志愿")).click()
    captains.get_by_text("显示电话").first.click()
    captains.get_by_label("电话联系报到队员").check()
    captains.get_by_role("button", name="显示电话").click()
    expect(captains.get_by_role("link", name=PHONE)).to_be_visible()
    fair(captains)
    captains.get_by_role("button", name="已联系上").click()
    captains.get_by_role("button", name="编入队伍").click()
    expect(captains.get_by_text("已编入队伍")).to_be_visible()

    # Found by skill, asked.
    desk.goto("/desk/talents/")
    desk.get_by_label("要什么特长").select_option(label="护士")
    desk.get_by_label("什么时候").select_option(label="周末和节假日")
    desk.get_by_role("button", name="找人").click()
    expect(desk.get_by_text("周末和节假日有空")).to_be_visible()
    fair(desk)
    desk.get_by_label("问秦志愿").check()
    desk.get_by_label("请他们帮什么忙").fill("周六上午陪王阿姨去医院")
    desk.get_by_role("button", name="发出").click()
    expect(desk.get_by_text("等待答复").first).to_be_visible()

    # Accepted on the phone; who looked stands on the person's own page.
    mine = as_person(found, "phone")
    mine.goto("/mine/team/")
    expect(mine.get_by_text("周六上午陪王阿姨去医院")).to_be_visible()
    fair(mine)
    mine.get_by_role("button", name="我能帮忙").click()
    expect(mine.get_by_text("谢谢您，居委会会看到")).to_be_visible()
    assert TalentAsk.objects.get().state == "accepted"
    mine.goto("/mine/data/")
    expect(mine.get_by_text("电话联系报到队员")).to_be_visible()
    fair(mine)
    desk.reload()
    expect(desk.get_by_text("答应了").first).to_be_visible()
    fair(desk)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_about_teams_and_lists_can_be_used_by_everybody(world: "World", visit: Visit, language: str) -> None:
    load_skills(world)
    found = check_in(world, to="joined", skills=("medical.nurse",))
    made = team(world)
    operations.add_group(team=made, name="医疗组", focus="skill", by=world.actor("secretary"), at=world.at)
    addresses = {
        "member": f"/desk/members/{found.pk}/", "new": "/desk/members/new/", "import": "/desk/members/import/",
        "rosters": "/desk/members/rosters/", "teams": "/desk/teams/", "team": f"/desk/teams/{made.pk}/",
        "asked": "/desk/talents/requests/", "offers": "/desk/lists/offers/?place=310107005001",
    }  # fmt: skip
    assert_accessible(visit("desk", "secretary", language=language), addresses)
    lists = {"lists": "/desk/lists/", "passing down": "/desk/lists/pass_down/?place=310107005"}
    assert_accessible(visit("desk", "street_secretary", language=language), lists)
    phone = {"check-in": "/check-in/", "mobile": "/check-in/mobile/", "done": "/check-in/done/"}
    assert_accessible(visit("phone", language=language), phone)

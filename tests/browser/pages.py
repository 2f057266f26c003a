"""The main pages of each face, each with something on it, and who looks at them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import Page

from pingzhan.matters.models import Matter, Notice
from tests.factories.pictures import picture

if TYPE_CHECKING:
    from tests.factories.world import World


@dataclass(frozen=True)
class Upload:
    """A file as a form brings it."""

    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self) -> bytes:
        return self.content


@dataclass(frozen=True)
class Town:
    """The little world with matters in many states."""

    world: "World"
    matters: dict[str, Matter]
    notice: Notice


def settle(world: "World") -> Town:
    """A matter in each state of the main path, one with photos, one late and under supervision, one rejected."""
    from pingzhan.matters import operations
    from pingzhan.matters.operations.pictures import store_pictures

    photos = store_pictures([Upload(picture(width=800, height=600, colour=colour)) for colour in ("teal", "olive")])
    told = {"contact_name": "陆阿姨", "contact_phone": "13812345678", "pictures": photos}
    states = (
        "submitted", "accepted", "dispatched", "in_progress", "completed", "fed_back", "rated", "published", "archived",
    )  # fmt: skip
    matters = {
        state: world.matter(text=f"{number}号楼楼道漏水，地上都是水，老人走路很危险，已经三天了", to=state, **told)
        for number, state in enumerate(states, 1)
    }
    matters["own"] = world.matter(text="楼下路灯不亮，晚上看不清路", to="in_progress", by="resident")
    matters["late"] = world.matter(text="消防通道被堵，有人受困", at=world.at - timedelta(days=3), anonymous=True)
    operations.supervise(
        matter=matters["late"], by=world.actor("secretary"), at=world.at, note="请今天到场，说明处理意见"
    )
    matters["rejected"] = world.report(text="广场舞音响太吵")
    operations.reject(
        matter=matters["rejected"], by=world.actor("secretary"), at=world.at, reason="该处不属于本居委会管辖"
    )
    # Of the committee itself, which a grid worker signs for.
    matters["to_sign"] = world.matter(text="楼道里堆了旧家具，没有路灯", to="dispatched")
    return Town(world, matters, Notice.objects.get(matter=matters["published"]))


def portal_pages(town: Town) -> dict[str, str]:
    """Name → address, for anybody; those of one matter want its code shown first, see `show_code`."""
    number = town.matters["fed_back"].number
    return {
        "home": "/",
        "help": "/help/",
        "report": "/report/",
        "track": "/track/",
        "receipt": f"/report/{number}/",
        "matter": f"/track/{number}/",
        "rejected": f"/track/{town.matters['rejected'].number}/",
        "archived": f"/track/{town.matters['archived'].number}/",
        "notices": "/notices/",
        "notice": f"/notices/{town.notice.pk}/",
        "sign-in": "/accounts/login/",
        "sign-in by code": "/accounts/login/code/",
    }


def show_code(page: Page, *matters: Matter) -> None:
    """Let the browser prove that these matters are its own."""
    page.goto("/track/")
    for matter in matters:
        page.goto("/track/")
        page.locator("[name=number]").fill(matter.number)
        page.locator("[name=code]").fill(matter.query_code)
        page.locator("form button.button-primary").click()
        page.wait_for_url(f"**/track/{matter.number}/")


def field_pages(town: Town) -> dict[str, str]:
    """Name → address, for a grid worker."""
    return {
        "today": "/field/",
        "matter": f"/field/matters/{town.matters['to_sign'].number}/",
        "report": "/field/report/",
        "done": "/field/done/",
        "me": "/field/me/",
    }


def desk_pages(town: Town) -> dict[str, str]:
    """Name → address, for a secretary."""
    sheets = ("submitted", "accepted", "in_progress", "completed", "rated", "archived", "late")
    return {
        "queue": "/desk/",
        "queue of all": "/desk/?all=1&order=due",
        "nothing found": "/desk/?q=独角兽",
        **{f"sheet {state}": f"/desk/matters/{town.matters[state].number}/" for state in sheets},
        "report": "/desk/report/",
        "notices": "/desk/notices/",
        "journal": "/desk/journal/",
    }

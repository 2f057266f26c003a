"""The demo's accounts: one a role, each with a link that signs in. Only in a demo."""

from dataclasses import dataclass

from django.core import signing

from pingzhan.access.models import Grant

SALT = "pingzhan.demo.enter"
VALID_SECONDS = 30 * 24 * 3600

# username -> (role, what the link is called)
ACCOUNTS: dict[str, tuple[str, str]] = {
    "resident": ("resident", "居民"),
    "grid": ("grid_worker", "网格员"),
    "leader": ("building_leader", "楼组长"),
    "captain": ("team_captain", "队长"),
    "member": ("resident", "队员"),
    "rider": ("mobile_worker", "流动网格员"),
    "secretary": ("community_secretary", "居委书记"),
    "staff": ("community_staff", "居委工作人员"),
    "street": ("street_secretary", "街道书记"),
    "streetstaff": ("street_staff", "街道城运中心"),
    "housing": ("unit_staff", "区房管局经办"),
    "enforcement": ("unit_staff", "街道综合行政执法队"),
    "command": ("district_command", "区城运中心"),
    "inspector": ("inspector", "督查员"),
    "admin": ("administrator", "系统管理员"),
}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    username: str
    role: str
    place: str


def demo_accounts() -> list[DemoAccount]:
    """The accounts that the demo city was loaded with, in the order of ACCOUNTS."""
    grants = Grant.objects.filter(user__username__in=ACCOUNTS).select_related("user").order_by("user__username", "id")
    found = {grant.user.username: grant for grant in grants if grant.role == ACCOUNTS[grant.user.username][0]}
    return [
        DemoAccount(name, found[name].role, found[name].path.rstrip("/").rsplit("/", 1)[-1])
        for name in ACCOUNTS
        if name in found
    ]


def enter_token(username: str) -> str:
    """The signed part of a sign-in link."""
    return signing.dumps(username, salt=SALT)


def entering(token: str) -> str | None:
    """The account of a sign-in link, None when it is invalid or too old."""
    try:
        username = signing.loads(token, salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        return None
    return username if username in ACCOUNTS else None

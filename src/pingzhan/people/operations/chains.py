"""The chain of organisation of an installation: loaded once, changed by its administrator, one in force."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.roles import ROLES
from pingzhan.core.errors import Invalid, Stale, StateConflict
from pingzhan.journal.operations import record
from pingzhan.people.models import Appointment, Chain, Post
from pingzhan.people.queries.posts import as_rule
from pingzhan.people.rules.chains import CHAINS, DEFAULT, PostRule
from pingzhan.people.rules.offices import check_level, kind_for
from pingzhan.places.choices import Level

if TYPE_CHECKING:
    from pingzhan.places.models import Place

_DEPTH = {level: depth for depth, level in enumerate(Level)}


@transaction.atomic
def load_chains(*, place: "Place", by: Actor, at: datetime) -> list[Chain]:
    """The chains that come with the product, for everything under `place`; those that are there stay as they are."""
    access.require(by, Permission.ACCESS_GRANT, place.path)
    known = set(Chain.objects.filter(place=place).order_by("code").values_list("code", flat=True))
    made = []
    for rule in CHAINS:
        if rule.code in known:
            continue
        chain = Chain.objects.create(
            code=rule.code, name=rule.name, name_en=rule.name_en, place=place, path=place.path,
            in_force=rule is DEFAULT and not known,
        )  # fmt: skip
        _write(chain, rule.posts)
        made.append(chain)
    if made:
        record(
            verb="chain.change", by=by, at=at, subject_type="place", subject_id=place.pk, place_path=place.path,
            chains=len(made),
        )  # fmt: skip
    return made


@transaction.atomic
def put_in_force(*, chain: Chain, by: Actor, at: datetime) -> Chain:
    """From now on this chain says which posts there are. Nobody loses an office by it."""
    access.require(by, Permission.ACCESS_GRANT, chain.path)
    Chain.objects.filter(place=chain.place_id, in_force=True).exclude(pk=chain.pk).update(in_force=False)
    Chain.objects.filter(pk=chain.pk).update(in_force=True)
    chain.in_force = True
    _settle_sole(chain)
    record(
        verb="chain.change", by=by, at=at, subject_type="chain", subject_id=chain.pk, place_path=chain.path,
        to_state="in_force", chain=chain.code,
    )  # fmt: skip
    return chain


@transaction.atomic
def change_chain(*, chain: Chain, posts: Sequence[PostRule], version: int, by: Actor, at: datetime) -> Chain:
    """Set the posts of a chain. Raises Stale when somebody else changed it, Invalid naming the row that is wrong,
    StateConflict when a post is to have one holder and somewhere has several.
    """
    access.require(by, Permission.ACCESS_GRANT, chain.path)
    posts = _checked(posts)
    if not Chain.objects.filter(pk=chain.pk, version=version).update(version=version + 1):
        raise Stale(_("组织链刚刚被他人更改，请重新打开后再改。"))
    chain.posts.all().delete()
    _write(chain, posts)
    chain.version = version + 1
    if chain.in_force:
        _settle_sole(chain)
    record(
        verb="chain.change", by=by, at=at, subject_type="chain", subject_id=chain.pk, place_path=chain.path,
        chain=chain.code, posts=len(posts),
    )  # fmt: skip
    return chain


def _write(chain: Chain, posts: Sequence[PostRule]) -> None:
    Post.objects.bulk_create(
        Post(
            chain=chain,
            position=position,
            level=post.level,
            name=post.name,
            name_en=post.name_en,
            body=post.body,
            role=post.role,
            kind=post.kind,
            required=post.required,
            sole=post.sole,
            head=post.head,
        )
        for position, post in enumerate(posts, 1)
    )


def _checked(posts: Sequence[PostRule]) -> list[PostRule]:
    """The posts from the top down. Raises Invalid for the first row that makes no sense."""
    if not posts:
        raise Invalid(_("组织链至少要有一个岗位"))
    seen = set()
    for number, post in enumerate(posts, 1):
        try:
            _check(post)
        except Invalid as error:
            raise Invalid(_("第 %(row)s 行：%(problem)s") % {"row": number, "problem": error.detail}) from error
        if post.role and post.key in seen:
            raise Invalid(_("第 %(row)s 行：同一层级的这个岗位已经有了") % {"row": number})
        seen.add(post.key)
    return sorted(posts, key=lambda post: _DEPTH[Level(post.level)])


def _check(post: PostRule) -> None:
    if post.level not in Level.values:
        raise Invalid(_("请选择层级"))
    if not post.name or len(post.name) > 80 or len(post.name_en) > 120 or len(post.body) > 80:
        raise Invalid(_("请填写岗位名称，最多 80 个字"))
    if not post.role:
        if post.required or post.sole or post.head or post.kind:
            raise Invalid(_("没有选职务的一级只是组织，不能勾选必设、一人或网格长"))
        return
    if post.role not in ROLES:
        raise Invalid(_("没有这个角色"))
    check_level(post.role, post.level)
    kind_for(post.role, post.kind)


def _settle_sole(chain: Chain) -> None:
    """Let the appointments that are there follow: one holder a post, or several."""
    rules = [as_rule(row) for row in chain.posts.exclude(role="").order_by("position")]
    for rule in rules:
        held = Appointment.objects.filter(
            role=rule.role, level=rule.level, path__startswith=chain.path, until__isnull=True,
            **({"kind": rule.kind} if rule.kind else {}),
        )  # fmt: skip
        if not rule.sole:
            held.filter(sole=True).update(sole=False)
            continue
        if not rule.kind:
            held = held.filter(kind=kind_for(rule.role, ""))
        several = held.values("place").order_by("place").annotate(n=Count("pk")).filter(n__gt=1)
        if several.exists():
            raise StateConflict(
                _("“%(post)s”有的地方现有不止一人，先免到只剩一人，再改为一人担任。") % {"post": rule.name}
            )
        held.filter(sole=False).update(sole=True)

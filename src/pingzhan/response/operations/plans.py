"""Plans are written, reviewed by another, published and retired; what was published nobody changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid, NotAllowed, Stale, StateConflict
from pingzhan.journal.operations import record
from pingzhan.response.choices import VersionState
from pingzhan.response.models import Plan, PlanVersion
from pingzhan.response.queries.plans import adapted, check_here, data_of, published, what_is_above, wrote
from pingzhan.response.rules.document import Finding, digest_of_source
from pingzhan.response.rules.periods import months_later
from pingzhan.response.workflow import STEPS

if TYPE_CHECKING:
    from pingzhan.places.models import Place


@transaction.atomic
def create_plan(*, source: str, place: "Place", by: Actor, at: datetime) -> PlanVersion:
    """A new plan of `place` with its first draft; or, when the document says `adapts`, an adaptation for `place`.

    Raises Invalid with what is wrong by line.
    """
    access.require(by, Permission.PLAN_EDIT, place.path)
    data = _checked(source)
    parent = None
    if "adapts" in data:
        parent = Plan.objects.filter(code=data["adapts"]).first()
        if parent is None or not place.path.startswith(parent.path) or place.path == parent.path:
            message = _("这里没有可以细化的预案“%(code)s”") % {"code": data["adapts"]}
            raise Invalid(message, errors=[{"loc": ["source"], "msg": message}])
        _checked(source, above=what_is_above(parent, place.path))
    code = f"{parent.code}@{place.code}" if parent else data["code"]
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                code=code, title=parent.title if parent else data["title"],
                title_en=parent.title_en if parent else data.get("title_en", ""),
                hazard=parent.hazard if parent else data["hazard"], place=place, path=place.path, parent=parent,
                created_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        message = _("预案“%(code)s”已经有了；打开它修改。") % {"code": code}
        raise Invalid(message, errors=[{"loc": ["source"], "msg": message}]) from error
    version = PlanVersion.objects.create(
        plan=plan, number=1, source=source, digest=digest_of_source(source), created_at=at,
        author_id=by.user_id, author_name=by.name, against=published(parent) if parent else None,
    )  # fmt: skip
    _note(version, "create", by=by, at=at)
    return version


@transaction.atomic
def edit(*, plan: Plan, source: str, by: Actor, at: datetime, seen: str = "") -> PlanVersion:
    """Save a draft: the newest version while nobody has published it, else the next one.

    `seen` is the digest of what the author started from; raises Stale when that is no longer the newest.
    """
    access.require(by, Permission.PLAN_EDIT, plan.path)
    data = _checked(source, above=_above(plan))
    if ("adapts" in data) != (plan.parent_id is not None) or data.get("code", plan.code) != plan.code:
        message = _("代码和种类不能改；要另一个预案，请新建。")
        raise Invalid(message, errors=[{"loc": ["source"], "msg": message}])
    last = plan.versions.order_by("-number").first()
    if last is None or (seen and last.digest != seen):
        raise Stale(_("这个预案刚刚被他人修改，请先看看对方改了什么；您写的内容没有保存。"))
    digest = digest_of_source(source)
    against = published(plan.parent) if plan.parent else None
    if last.state in STEPS["edit"][0]:
        changed = PlanVersion.objects.filter(pk=last.pk, state=last.state, digest=last.digest).update(
            source=source, digest=digest, state=VersionState.DRAFT, author_id=by.user_id, author_name=by.name,
            created_at=at, against=against, reviewed_at=None, reviewer_name="",
        )  # fmt: skip
        if not changed:
            raise Stale(_("这个预案刚刚被他人修改，请先看看对方改了什么；您写的内容没有保存。"))
        last.refresh_from_db()
        version = last
    else:
        version = PlanVersion.objects.create(
            plan=plan, number=last.number + 1, source=source, digest=digest, created_at=at,
            author_id=by.user_id, author_name=by.name, against=against,
        )  # fmt: skip
    if plan.parent_id is None:
        Plan.objects.filter(pk=plan.pk).update(title=data["title"], title_en=data.get("title_en", ""))
    _note(version, "edit", by=by, at=at)
    return version


@transaction.atomic
def review(*, version: PlanVersion, by: Actor, at: datetime) -> PlanVersion:
    """Say that a draft was read and is right; by somebody else than its author."""
    access.require(by, Permission.PLAN_PUBLISH, version.plan.path)
    if wrote(by, version):
        raise NotAllowed(_("审核须由编写人以外的人进行"))
    _checked(version.source, above=_above(version.plan))
    _step(version, "review", reviewed_at=at, reviewer_name=by.name)
    _note(version, "review", by=by, at=at)
    return version


@transaction.atomic
def publish(*, version: PlanVersion, by: Actor, at: datetime) -> PlanVersion:
    """Put a reviewed version into use in the place of the one before; responses in force keep theirs."""
    access.require(by, Permission.PLAN_PUBLISH, version.plan.path)
    _checked(version.source, above=_above(version.plan))
    data = adapted(version.plan, version)[0] if version.plan.parent_id else data_of(version)
    PlanVersion.objects.filter(plan=version.plan_id, state=VersionState.PUBLISHED).update(
        state=VersionState.RETIRED, retired_at=at
    )
    due = months_later(at, data.get("review_months", 12))
    _step(version, "publish", published_at=at, review_due=due)
    _note(version, "publish", by=by, at=at)
    return version


@transaction.atomic
def retire(*, version: PlanVersion, by: Actor, at: datetime) -> PlanVersion:
    """Take the published version out of use; the plan can no longer be activated until another is published."""
    access.require(by, Permission.PLAN_PUBLISH, version.plan.path)
    _step(version, "retire", retired_at=at)
    _note(version, "retire", by=by, at=at)
    return version


def _step(version: PlanVersion, step: str, **changes: Any) -> None:
    sources, target = STEPS[step]
    rows = PlanVersion.objects.filter(pk=version.pk, state__in=sources, digest=version.digest)
    if not rows.update(state=target, **changes):
        version.refresh_from_db()
        raise StateConflict(_("这个版本现在不能这样做"), allowed=sorted(sources), current=version.state)
    version.refresh_from_db()


def _above(plan: Plan) -> Mapping[str, Any] | None:
    return what_is_above(plan.parent, plan.path) if plan.parent else None


def _checked(source: str, *, above: Mapping[str, Any] | None = None) -> dict[str, Any]:
    data, findings = check_here(source, above=above)
    if data is None:
        raise Invalid(_("预案有 %(n)s 处需要改正") % {"n": len(findings)}, errors=[in_words(one) for one in findings])
    return data


def in_words(finding: Finding) -> dict[str, Any]:
    """A finding as an error of a form or of the API."""
    message = _("第 %(line)s 行 %(where)s：%(reason)s。%(mend)s") % {
        "line": finding.line, "where": finding.where, "reason": finding.reason, "mend": finding.mend,
    }  # fmt: skip
    reason = _("%(reason)s。%(mend)s") % {"reason": finding.reason, "mend": finding.mend}
    return {"loc": ["source"], "msg": message, "line": finding.line, "path": [*finding.path], "reason": reason}


def _note(version: PlanVersion, verb: str, *, by: Actor, at: datetime) -> None:
    record(
        verb=f"plan.{verb}", by=by, at=at, subject_type="plan", subject_id=version.plan_id,
        place_path=version.plan.path, to_state=version.state, number=version.number, digest=version.digest,
    )  # fmt: skip

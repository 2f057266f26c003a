"""Taking words of a report out of sight, and seeing them again for a stated purpose, on record."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import Invalid, NotAllowed, NotFound, Stale
from pingzhan.journal.operations import digest_of, opened, record
from pingzhan.matters.findable import make_findable
from pingzhan.matters.models import Matter, Redaction
from pingzhan.matters.operations.advance import needed
from pingzhan.matters.queries.rights import may_open_contact, may_redact
from pingzhan.matters.rules import title_of


@transaction.atomic
def redact(*, matter: Matter, text: str, reason: str, by: Actor, at: datetime, version: int | None = None) -> Matter:
    """Show `text` in place of what was reported, to everybody; the first wording is kept sealed.

    For what does not belong before the eyes of all who may see a matter: personal data of others, insults. The
    category and what was decided stay as they are. Raises NotAllowed, Stale or Invalid.
    """
    if by.user_id is None or not may_redact(by, matter):
        raise NotAllowed(_("只有受理单位可以隐去反映内容。"))
    text = needed(text, "text", _("请写下隐去以后的内容"))
    reason = needed(reason, "reason", _("请写明隐去的理由"))
    before = matter.text
    if text == before:
        raise Invalid(_("内容没有变化"), errors=[{"loc": ["text"], "msg": _("请先改去不宜公开的部分")}])
    title = title_of(text)
    rows = Matter.objects.filter(pk=matter.pk, version=matter.version if version is None else version)
    if not rows.update(text=text, title=title, version=matter.version + 1):
        raise Stale(_("这件事项刚刚被他人更新，请刷新后再操作；您填写的内容没有提交。"))
    kept, first = Redaction.objects.get_or_create(
        matter=matter, defaults={"original": before, "reason": reason[:200], "by_id": by.user_id, "at": at}
    )
    if not first:
        Redaction.objects.filter(pk=kept.pk).update(reason=reason[:200], by_id=by.user_id, at=at)
    matter.text, matter.title, matter.version = text, title, matter.version + 1
    make_findable([matter.pk])
    record(
        verb="matter.redact", by=by, at=at, subject_type="matter", subject_id=matter.pk, place_path=matter.path,
        before_digest=digest_of(before), text_digest=digest_of(text), reason_digest=digest_of(reason),
    )  # fmt: skip
    return matter


@transaction.atomic
def open_original(*, matter: Matter, purpose: str, by: Actor, at: datetime) -> str:
    """What was reported in the first place; the opening is logged and the reporter can see it."""
    if not may_open_contact(by, matter):
        raise NotAllowed(_("只有受理单位和承办单位可以查看原文。"))
    kept = Redaction.objects.filter(matter=matter).first()
    if kept is None:
        raise NotFound
    purpose = needed(purpose, "purpose", _("请写明查看原文的用途"))
    opened(
        by=by, at=at, subject_type="matter", subject_id=matter.pk, field="text", purpose=purpose[:200],
        person_id=matter.reporter_id,
    )  # fmt: skip
    return kept.original.open()

"""Keeping templates of answers."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid
from pingzhan.core.ids import uuid7
from pingzhan.journal.operations import digest_of, record
from pingzhan.matters.choices import Occasion
from pingzhan.matters.models import AnswerTemplate
from pingzhan.matters.operations.advance import needed, worded
from pingzhan.matters.queries.reference import forget, reference
from pingzhan.matters.queries.templates import unknown_placeholders
from pingzhan.places.queries import get_places


@transaction.atomic
def save_template(
    *,
    by: Actor,
    at: datetime,
    place: str,
    occasion: str,
    title: str,
    text: str,
    category: str = "",
    template: AnswerTemplate | None = None,
) -> AnswerTemplate:
    """Keep a template at `place` (its code) for matters of `category` (a kind or a group, "" any); or change one.

    Raises Invalid for a placeholder that stands for nothing.
    """
    found = get_places([place]).get(place) if place else None
    if found is None:
        raise _invalid("place", _("请选择适用的区域"))
    require(by, Permission.MATTER_VERIFY, found.path)
    if template is not None:
        require(by, Permission.MATTER_VERIFY, template.path)
    if occasion not in Occasion.values:
        raise _invalid("occasion", _("请选择用在哪一步"))
    if category and category not in reference().categories:
        raise _invalid("category", _("没有这个类别"))
    title = needed(title, "title", _("请填写名称"))[:40]
    text = worded(text, "text", _("请填写答复内容"))
    if unknown := unknown_placeholders(text):
        names = "、".join(f"{{{name}}}" for name in unknown)
        raise _invalid("text", _("没有这样的占位符：%(names)s") % {"names": names})
    row = template or AnswerTemplate(id=uuid7(at))
    row.path, row.category_id, row.occasion = found.path, category or None, occasion
    row.title, row.text, row.changed_by_id, row.changed_at = title, text, by.user_id, at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _invalid("title", _("这里已有同名的答复模板")) from error
    record(
        verb="template.save", by=by, at=at, subject_type="template", subject_id=row.pk, place_path=row.path,
        occasion=occasion, text_digest=digest_of(text),
    )  # fmt: skip
    forget()
    return row


@transaction.atomic
def retire_template(*, template: AnswerTemplate, by: Actor, at: datetime) -> AnswerTemplate:
    """Offer it no longer."""
    require(by, Permission.MATTER_VERIFY, template.path)
    if AnswerTemplate.objects.filter(pk=template.pk, until__isnull=True).update(until=at):
        template.until = at
        record(
            verb="template.retire", by=by, at=at, subject_type="template", subject_id=template.pk,
            place_path=template.path,
        )  # fmt: skip
        forget()
    return template


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])

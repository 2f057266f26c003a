"""Pressing on: urge and supervise."""

from datetime import datetime

from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import TooMany
from pingzhan.journal.queries import last_at
from pingzhan.matters.choices import Step
from pingzhan.matters.models import Matter
from pingzhan.matters.operations.advance import Move, Words, advance, needed
from pingzhan.matters.queries.rights import is_reporter
from pingzhan.matters.rules import URGE_EVERY


def urge(*, matter: Matter, by: Actor, at: datetime, note: str = "", version: int | None = None) -> Matter:
    """Ask for haste; the reporter once a day."""
    if is_reporter(by, matter):
        last = last_at(subject_type="matter", subject_id=matter.pk, verb="matter.urge")
        if last is not None and at < last + URGE_EVERY:
            wait = int((last + URGE_EVERY - at).total_seconds())
            raise TooMany(_("今天已经催办过了，承办单位已收到，请明天再看。"), retry_after=max(1, wait))
        return advance(Move(matter, Step.URGE, by, at, Words(reply=note.strip()), version=version))
    return advance(Move(matter, Step.URGE, by, at, Words(note=note.strip()), version=version))


def supervise(*, matter: Matter, by: Actor, at: datetime, note: str, version: int | None = None) -> Matter:
    """Put the matter under supervision: it is marked until it is closed."""
    note = needed(note, "note", _("请写明督办要求"))
    return advance(Move(matter, Step.SUPERVISE, by, at, Words(note=note), {"supervised": True}, version=version))

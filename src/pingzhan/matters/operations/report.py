"""Raising a matter: it finds its place, its category, its handler and its first clock by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pingzhan.access.actors import ANONYMOUS, Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can, roots
from pingzhan.core.counters import next_number
from pingzhan.core.db import insert_row
from pingzhan.core.errors import Invalid, NotAllowed
from pingzhan.core.ids import random_code, uuid7
from pingzhan.core.outbox import queue
from pingzhan.core.paths import code_on
from pingzhan.core.sealed import blind_index, normalise_phone
from pingzhan.journal.operations import digest_of, record
from pingzhan.matters.choices import Source, Step, Urgency
from pingzhan.matters.models import Attachment, Clock, Matter
from pingzhan.matters.operations.advance import needed, recorded
from pingzhan.matters.operations.clocks import new_clock
from pingzhan.matters.operations.pictures import StoredPicture
from pingzhan.matters.queries.reference import FALLBACK_CATEGORY, Reference, UnitRef, reference
from pingzhan.matters.queries.similar import Spot
from pingzhan.matters.queries.suggestion import suggested_category
from pingzhan.matters.rules import CLOCKS, title_of, urgency_of
from pingzhan.places.locate import PlaceRef, locate
from pingzhan.places.names import place_lines
from pingzhan.places.queries import get_places, match_address, tops

if TYPE_CHECKING:
    from pingzhan.places.models import Place

MOST_TEXT = 5000


@dataclass(frozen=True, slots=True)
class Location:
    """Where it is: a point (WGS-84 degrees), a place's code, or an address in words; the first given counts."""

    lon: float | None = None
    lat: float | None = None
    code: str = ""
    address: str = ""


def report(
    *,
    text: str,
    location: Location,
    source: Source,
    by: Actor,
    at: datetime,
    category: str = "",
    urgency: str = "",
    anonymous: bool = False,
    contact_name: str = "",
    contact_phone: str = "",
    pictures: tuple[StoredPicture, ...] = (),
    split_from: Matter | None = None,
) -> Matter:
    """A new matter in state submitted; a part of `split_from` keeps that matter's reporter.

    Anybody may report; entering one for somebody else (desk, field) needs the right at the place. An anonymous matter
    keeps neither account nor contact. Raises Invalid, also for a point outside the area served.
    """
    text = needed(text, "text", _("请写下您要反映的情况"))
    if len(text) > MOST_TEXT or "\x00" in text:
        raise _invalid("text", _("内容过长或含有无法识别的字符，最多 %(most)s 字") % {"most": MOST_TEXT})
    known = reference()
    for_others = split_from is None and source in (Source.DESK, Source.FIELD, Source.VISIT)
    place = _find_place(location, own=roots(by, Permission.MATTER_REPORT) if for_others else ())
    chosen = _category(known, category, text)
    receiver = known.receiver_for(place.path)
    if receiver is None:
        raise _invalid("location", _("这个位置还没有单位负责受理，请拨打 12345"))
    if for_others and not can(by, Permission.MATTER_REPORT, place.path):
        raise NotAllowed(_("这个位置不在您的工作范围内，还没有上报。请改选位置；或到居民页面上报，那里不限范围。"))
    if urgency and urgency not in Urgency.values:
        raise _invalid("urgency", _("紧急程度不正确"))
    matter = Matter(
        id=uuid7(at),
        query_code=random_code(8),
        title=title_of(text),
        text=text,
        category=known.categories[chosen],
        urgency=urgency_of(text, known.categories[chosen].urgency, urgency or None),
        source=source,
        place_id=place.id,
        path=place.path,
        street=code_on(place.path, 9),
        community=code_on(place.path, 12),
        lon=location.lon,
        lat=location.lat,
        address=location.address.strip()[:200],
        anonymous=split_from.anonymous if split_from else anonymous,
        parent=split_from,
        receiver_id=receiver.id,
        suggested_id=_id(known.handler_for(place.path, chosen)),
        reported_at=at,
        status_at=at,
    )
    if split_from is not None:
        _copy_contact(matter, split_from)
    elif not anonymous:
        _put_contact(matter, by=by, source=source, name=contact_name, phone=contact_phone)
    clocks = [
        clock
        for kind in CLOCKS[Step.REPORT].starts
        if (clock := new_clock(matter, kind, category=chosen, urgency=matter.urgency, at=at))
    ]
    matter.next_due_at = min((clock.due_at for clock in clocks), default=None)
    _write(matter, place=place, clocks=clocks, pictures=pictures, by=by, at=at)
    matter.first_clocks = tuple(clocks)
    return matter


def _write(
    matter: Matter,
    *,
    place: "PlaceRef | Place",
    clocks: list[Clock],
    pictures: tuple[StoredPicture, ...],
    by: Actor,
    at: datetime,
) -> None:
    with transaction.atomic():
        day = f"{timezone.localtime(at):%Y%m%d}"
        community = matter.community or matter.street or place.code
        matter.number = f"{community}-{day}-{next_number(f'matter:{community}:{day}'):04d}"
        insert_row(matter)
        if clocks:
            Clock.objects.bulk_create(clocks)
        if pictures:
            Attachment.objects.bulk_create(
                [picture.attach(matter=matter, step=Step.REPORT, at=at) for picture in pictures]
            )
        record(
            verb="matter.report", by=ANONYMOUS if matter.anonymous else recorded(by, matter), at=at,
            subject_type="matter", subject_id=matter.pk, place_path=matter.path, to_state=matter.status,
            category=matter.category_id, source=matter.source, urgency=matter.urgency,
            text_digest=digest_of(matter.text),
        )  # fmt: skip
        if matter.contact_index:
            words = _("您反映的事项已收到，编号 %(number)s，查询码 %(code)s。") % {
                "number": matter.number,
                "code": matter.query_code,
            }
            queue(channel="sms", to=matter.contact_phone.open(), text=words, at=at, template="matter.report")


def _put_contact(matter: Matter, *, by: Actor, source: Source, name: str, phone: str) -> None:
    # Who may only report, on the round, is who reported it; those who handle matters enter what others told them.
    if by.kind == "user" and (source in (Source.PORTAL, Source.API) or not by.holding(Permission.MATTER_VIEW)):
        matter.reporter_id = by.user_id
    matter.contact_name = name.strip()[:40]
    if phone.strip():
        plain = normalise_phone(phone)
        if not (7 <= len(plain.lstrip("+")) <= 15):
            raise _invalid("contact", _("电话号码不正确，请检查位数"))
        matter.contact_phone = plain
        matter.contact_index = blind_index(plain, purpose="matter.contact")


def _copy_contact(matter: Matter, source: Matter) -> None:
    matter.reporter_id = source.reporter_id
    matter.contact_name = source.contact_name
    matter.contact_phone = source.contact_phone
    matter.contact_index = source.contact_index


def spot_of(location: Location) -> Spot | None:
    """Where a location is, for finding the like of it; None for words alone, which may mean several places."""
    if location.code or None not in (location.lon, location.lat):
        place = _find_place(location)
        return Spot(place.path, code_on(place.path, 12), location.lon, location.lat)
    return None


def _find_place(location: Location, *, own: Sequence[str] = ()) -> "PlaceRef | Place":
    """The place of a location; raises Invalid with what to do when there is none.

    `own`: the paths for which somebody who works here may report; of what words may mean, what lies there comes first.
    """
    if location.lon is not None and location.lat is not None:
        chain = locate(location.lon, location.lat)
        if not chain:
            raise _invalid("location", _("这个位置不在本系统服务的范围内，请换一个位置，或拨打当地 12345。"))
        return chain[-1]
    if location.code:
        place = get_places([location.code]).get(location.code)
        if place is None:
            raise _invalid("place", _("没有这个区域编码"))
        return place
    if location.address.strip():
        match = match_address(location.address)
        if match.place is not None:
            return match.place
        whole = list(tops(own or None)[:2])
        if match.candidates:
            near = [one for one in match.candidates if one.place.path.startswith(tuple(own))] if own else []
            candidates = near or match.candidates
            lines = place_lines([one.place.path for one in candidates])
            offered = [(one.place.code, lines[one.place.path]) for one in candidates]
            offered += [(root.code, _("都不是，请工作人员核实位置")) for root in whole if len(whole) == 1]
            raise Invalid(
                _("这个地址可能是几个地方，请选择一个"),
                errors=[{"loc": ["place"], "msg": line, "code": code} for code, line in offered],
            )
        if len(whole) == 1:  # nobody is turned away for an address that is not in the tree: a person sets it right
            return whole[0]
    raise _invalid("location", _("请在图上点选位置，或选择所在的街镇和居村，或写下地址"))


def _category(known: Reference, asked: str, text: str) -> str:
    if asked:
        chosen = known.categories.get(asked)
        if chosen is None or chosen.parent_id is None:
            raise _invalid("category", _("没有这个类别"))
        return asked
    found = suggested_category(text)
    if found is not None:
        return found.code
    if FALLBACK_CATEGORY in known.categories:
        return FALLBACK_CATEGORY
    raise _invalid("category", _("请选择类别"))


def _id(unit: UnitRef | None) -> UUID | None:
    return unit.id if unit else None


def _invalid(field_name: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field_name], "msg": message}])

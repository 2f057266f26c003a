"""What a response did, for those who lead it and for the public."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pingzhan.modes.queries import payloads_of
from pingzhan.response.models import Activation, CheckItem, PublicWarning

if TYPE_CHECKING:
    from pingzhan.modes.models import Response


def public_notices(response_ids: Collection[UUID], *, at: datetime) -> dict[UUID, list[dict[str, Any]]]:
    """What residents are told under these responses, by response; one statement."""
    return payloads_of("notice", response_ids, at=at)


def activations_of(responses: "Sequence[Response]") -> dict[UUID, Activation]:
    """Where responses came from, by their ids; one statement."""
    rows = Activation.objects.filter(response_id__in=[one.pk for one in responses]).select_related("plan", "version")
    return {row.response_id: row for row in rows.order_by("at")}


def check_list(response: "Response") -> list[CheckItem]:
    return list(CheckItem.objects.filter(response_id=response.pk).order_by("number"))


def warnings_of(response: "Response") -> list[PublicWarning]:
    return list(PublicWarning.objects.filter(response_id=response.pk).order_by("prepared_at", "id"))


def released_warnings(response_ids: Collection[UUID], *, at: datetime) -> list[PublicWarning]:
    """What was sent out to the public under these responses and still holds, the newest first."""
    rows = PublicWarning.objects.filter(response_id__in=list(response_ids), released_at__isnull=False, expires__gt=at)
    return list(rows.order_by("-released_at", "id"))

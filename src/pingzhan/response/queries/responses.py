"""What a response did, for those who lead it and for the public."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pingzhan.modes.queries import count_overlays, payloads_of
from pingzhan.places.queries import get_places
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


def counts_within(
    responses: "Sequence[Response]", rows: Mapping[UUID, Activation], paths: Mapping[UUID, list[str]], *,
    within: Sequence[str],
) -> dict[UUID, dict[str, int]]:  # fmt: skip
    """What each response changes, by kind, for somebody who sees what lies under `within`; at most one statement.

    Those that lie wholly in there have their figures noted.
    """
    inside = {one.pk for one in responses if all(path.startswith(tuple(within)) for path in paths.get(one.pk, []))}
    counted = count_overlays([one for one in responses if one.pk not in inside], within=within) if within else {}
    noted = {key: row.counts for key, row in rows.items() if key in inside}
    return counted | noted


def gaps_within(row: Activation, *, within: Sequence[str]) -> list[tuple[str, str, str]]:
    """(path, subject, reason) of what was wanting when the response began, under `within`; one statement."""
    known = get_places({code for _kind, code, _subject, _reason in row.gaps})
    paths = {code: place.path for code, place in known.items()}
    return [
        (paths[code], subject, reason)
        for _kind, code, subject, reason in row.gaps
        if code in paths and paths[code].startswith(tuple(within))
    ]


def check_list(response: "Response") -> list[CheckItem]:
    return list(CheckItem.objects.filter(response_id=response.pk).order_by("number"))


def warnings_of(response: "Response") -> list[PublicWarning]:
    return list(PublicWarning.objects.filter(response_id=response.pk).order_by("prepared_at", "id"))


def released_warnings(response_ids: Collection[UUID], *, at: datetime) -> list[PublicWarning]:
    """What was sent out to the public under these responses and still holds, the newest first."""
    rows = PublicWarning.objects.filter(response_id__in=list(response_ids), released_at__isnull=False, expires__gt=at)
    return list(rows.order_by("-released_at", "id"))

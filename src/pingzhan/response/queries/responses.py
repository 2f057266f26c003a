"""What a response did, for those who lead it and for those whose work it changes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pingzhan.access.actors import Actor
from pingzhan.modes.choices import OverlayKind
from pingzhan.modes.queries import anything_in_force, drills_of, of_person, payloads_of, what_duties_are
from pingzhan.people.queries.persons_of import person_of_user
from pingzhan.response.models import Activation, CheckItem, PublicWarning

if TYPE_CHECKING:
    from pingzhan.modes.models import Overlay, Response


@dataclass(frozen=True, slots=True)
class MyDuties:
    """What a response in force has laid on somebody: duties as A and B, and roles that they have meanwhile."""

    duties: "list[Overlay]"
    roles: "list[Overlay]"
    about: dict[UUID, dict[str, Any]]  # what the duties are, by the ids of their rows

    @property
    def grouped(self) -> list[dict[str, Any]]:
        """The duties, those in charge first: each kind once, with all that it covers."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for row in sorted(self.duties, key=lambda row: str(row.payload["part"])):
            said, about = row.payload, self.about.get(row.pk, {})
            key = (said["duty"], said["part"][0])
            one = found.setdefault(
                key,
                {
                    "title": about.get("title", ""),
                    "in_charge": said["part"].startswith("A"),
                    "subjects": [],
                    "reports_to": about.get("reports_to", ""),
                    "tasks": about.get("tasks", []),
                },
            )
            one["subjects"].append(said.get("subject", ""))
        return list(found.values())

    def __bool__(self) -> bool:
        return bool(self.duties or self.roles)


def my_duties(actor: Actor, *, at: datetime) -> MyDuties:
    """What is laid on the actor now; no statement in peacetime, else four."""
    drills = drills_of(actor.user_id, at=at)
    if actor.user_id is None or not anything_in_force(at=at, drills=drills):
        return MyDuties([], [], {})
    person = person_of_user(actor.user_id)
    rows = of_person(person, at=at, drills=drills) if person else []
    duties = [row for row in rows if row.kind == OverlayKind.PERSON_DUTY]
    roles = [row for row in rows if row.kind == OverlayKind.PERSON_ROLE]
    return MyDuties(duties, roles, what_duties_are(duties) if duties else {})


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


def released_warnings(response_ids: Collection[UUID]) -> list[PublicWarning]:
    """What was sent out to the public under these responses, the newest first."""
    rows = PublicWarning.objects.filter(response_id__in=list(response_ids), released_at__isnull=False)
    return list(rows.order_by("-released_at", "id"))

"""People: who may be asked at all, and the roles that they get beside their own."""

from collections.abc import Sequence

from pingzhan.access.roles import ROLES
from pingzhan.core.paths import code_of, path_to
from pingzhan.modes.choices import OverlayKind as K
from pingzhan.people.queries.holders import Holder, holders_under
from pingzhan.response.queries.compile.work import Work, Zone, reason_of
from pingzhan.response.rules.manifest import Item, Right

_LENGTHS = {"street": 9, "community": 12}  # of their codes


def holders_for(zones: Sequence[Zone], paths: Sequence[str]) -> list[Holder]:
    """Everybody who holds a role that the plan names; one statement."""
    named = (("duties", "roles"), ("roles", "from"), ("instructions", "roles"))
    roles = {
        role for zone in zones for section, name in named for item in zone.data.get(section, []) for role in item[name]
    }
    roles |= {item["role"] for zone in zones for item in zone.data.get("tasks", []) if "role" in item}
    return holders_under(list(paths), roles) if roles else []


def address(work: Work, zone: Zone, holders: Sequence[Holder]) -> None:
    """Whoever an instruction or a task is for takes part, though nothing else of theirs changes."""
    roles = {role for item in zone.wanted("instructions", work.level) for role in item["roles"]}
    roles |= {item["role"] for item in zone.wanted("tasks", work.level) if "role" in item}
    work.users.update(one.user_id for one in holders if one.role in roles and zone.holds(one.path))


def widen_roles(work: Work, zone: Zone, holders: Sequence[Holder]) -> None:
    """Whoever holds one of the roles gets another one too, at their own place or at their community or street."""
    for item in zone.wanted("roles", work.level):
        labels = {role: str(ROLES[role].label) for role in {*item["from"], item["give"]}}
        after = f"{item['title']}（{labels[item['give']]}）"
        for holder in holders:
            if holder.role not in item["from"] or not zone.holds(holder.path):
                continue
            path = holder.path if item["at"] == "own" else path_to(holder.path, _LENGTHS[item["at"]])
            if not path.startswith(tuple(work.paths)):
                path = holder.path  # a right never reaches beyond the response's own places
            payload = {"role": item["give"], "path": path, "title": item["title"]}
            work.add(
                Item(
                    K.PERSON_ROLE, str(holder.person_id), path, code_of(path), labels[holder.role], after,
                    reason_of("roles", item), payload, f"{item['code']}:{code_of(path)}", holder.person_id, holder.name,
                )
            )  # fmt: skip
            work.users.add(holder.user_id)
            if holder.user_id and not (ROLES[item["give"]].by_unit and holder.unit_id is None):
                work.rights[Right(holder.user_id, item["give"], path, holder.unit_id)] = None

"""Whether a matter may be passed down to a community: asked at dispatch, answered by the list of those above it."""

from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.paths import code_of
from pingzhan.matters.models import Matter
from pingzhan.matters.queries.reference import UnitRef, reference
from pingzhan.people.choices import UnitKind
from pingzhan.people.queries import may_pass_down
from pingzhan.places.choices import Level
from pingzhan.places.names import named

_DIGITS = {2: Level.PROVINCE, 4: Level.CITY, 6: Level.DISTRICT, 9: Level.STREET, 12: Level.COMMUNITY}


def refusal(by: Actor, matter: Matter, unit: UnitRef) -> str:
    """Why the list does not let this matter go down to `unit`, and what to do instead; "" when it may.

    Only a community's committee is protected, and only from above: what a community keeps for itself, and what goes to
    a company or an office, is not passed down. No statement for those; two at most otherwise.
    """
    if by.kind == "system" or unit.kind != UnitKind.COMMUNITY:
        return ""
    category = reference().categories.get(matter.category_id)
    verdict = may_pass_down(
        category=matter.category_id,
        group=(category.parent_id or "") if category else "",
        path=unit.path,
        from_level=_level_of(by, matter.path),
        to_level=Level.COMMUNITY,
    )
    if verdict.allowed:
        return ""
    assert verdict.version is not None
    return _(
        "“%(category)s”不在%(place)s的下沉准入清单里，不能派给%(unit)s。请派给街镇科室或区级部门；确需居村办理的，"
        "先由%(place)s在“清单”页修订准入清单。"
    ) % {"category": named(category), "place": verdict.version.place.name, "unit": named(unit)}


def _level_of(by: Actor, path: str) -> str:
    """From which level the actor dispatches: the lowest at which they hold the right over the matter."""
    held = [one.path for one in by.holding(Permission.MATTER_DISPATCH) if path.startswith(one.path)]
    code = code_of(max(held, key=len, default=""))
    return _DIGITS.get(len(code), Level.COMMUNITY)

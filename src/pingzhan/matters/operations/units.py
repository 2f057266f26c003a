"""Which unit a matter may be handed to."""

from django.utils.translation import gettext as _

from pingzhan.core.errors import Invalid
from pingzhan.matters.choices import Tier
from pingzhan.matters.models import Matter
from pingzhan.matters.queries.reference import ORDER, UnitRef, reference


def unit_for(matter: Matter, code: str) -> UnitRef:
    """The unit to hand it to, by default the one that the rules name: one of those on the way up from its place."""
    known = reference()
    if not code:
        suggested = known.units.get(matter.suggested_id) if matter.suggested_id else None
        if suggested is None:
            raise Invalid(
                _("没有可自动确定的承办单位，请选择一个"), errors=[{"loc": ["unit"], "msg": _("请选择承办单位")}]
            )
        return suggested
    found = known.unit(code)
    if found is None or not matter.path.startswith(found.path):
        raise Invalid(
            _("这个单位不能承办此处的事项"), errors=[{"loc": ["unit"], "msg": _("请选择所在区域或上级的单位")}]
        )
    return found


def within_powers(matter: Matter, unit: UnitRef) -> UnitRef:
    """`unit`, where matters of this category may be settled at its level; raises Invalid otherwise."""
    lowest = reference().lowest_tier(matter.path, matter.category_id)
    if ORDER.index(unit.tier) < ORDER.index(lowest):
        message = _("这类事项须由%(tier)s及以上办理，%(unit)s无权办理，请上呈或另选单位") % {
            "tier": Tier(lowest).label,
            "unit": unit.name,
        }
        raise Invalid(message, errors=[{"loc": ["unit"], "msg": message}])
    return unit

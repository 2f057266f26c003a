"""The units that a community, a street and a district have by default, and what each takes."""

# ruff: noqa: E501
# Tables read better one row a line:
# fmt: off

from pingzhan.demo.texts.categories import KINDS
from pingzhan.demo.texts.shapes import DispatchRule, PropertyCompany, UnitTemplate

_UNITS: tuple[UnitTemplate, ...] = (
    UnitTemplate("community.committee", "community", "committee", "居委会", "Residents' Committee"),
    UnitTemplate("community.property", "community", "property", "物业服务企业", "Property Manager"),
    UnitTemplate("community.owners", "community", "owners", "业委会", "Owners' Committee"),

    UnitTemplate("street.party", "street", "centre", "党群服务中心", "Party and Public Service Centre"),
    UnitTemplate("street.operations", "street", "centre", "城运中心", "Urban Operations Centre"),
    UnitTemplate("street.management", "street", "section", "社区管理办", "Community Management Office"),
    UnitTemplate("street.services", "street", "section", "社区服务办", "Community Services Office"),
    UnitTemplate("street.safety", "street", "section", "社区平安办", "Community Safety Office"),
    UnitTemplate("street.selfgov", "street", "section", "社区自治办", "Community Self-governance Office"),
    UnitTemplate("street.enforcement", "street", "team", "综合行政执法队", "Administrative Enforcement Team"),
    UnitTemplate("street.affairs", "street", "centre", "社区事务受理服务中心", "Community Affairs Service Centre"),
    UnitTemplate("street.housing", "street", "station", "房管所", "Housing Management Station"),
    UnitTemplate("street.greenery", "street", "station", "绿化市容所", "Greenery and City Appearance Station"),
    UnitTemplate("street.market", "street", "station", "市场监管所", "Market Regulation Station"),
    UnitTemplate("street.police", "street", "station", "派出所", "Police Station"),
    UnitTemplate("street.justice", "street", "station", "司法所", "Justice Station"),
    UnitTemplate("street.health", "street", "centre", "社区卫生服务中心", "Community Health Centre"),

    UnitTemplate("district.housing", "district", "department", "区房管局", "District Housing Administration Bureau"),
    UnitTemplate("district.enforcement", "district", "department", "区城管执法局", "District Urban Management Enforcement Bureau"),
    UnitTemplate("district.environment", "district", "department", "区生态环境局", "District Ecology and Environment Bureau"),
    UnitTemplate("district.market", "district", "department", "区市场监管局", "District Market Regulation Bureau"),
    UnitTemplate("district.civil", "district", "department", "区民政局", "District Civil Affairs Bureau"),
    UnitTemplate("district.fire", "district", "department", "区消防救援支队", "District Fire and Rescue Division"),
    UnitTemplate("district.health", "district", "department", "区卫健委", "District Health Commission"),
    UnitTemplate("district.cdc", "district", "department", "区疾控中心", "District Centre for Disease Control"),
    UnitTemplate("district.police", "district", "department", "区公安分局", "District Public Security Sub-bureau"),
    UnitTemplate("district.traffic", "district", "department", "区公安分局交警支队", "District Traffic Police Division"),
    UnitTemplate("district.greenery", "district", "department", "区绿化市容局", "District Greenery and City Appearance Bureau"),
    UnitTemplate("district.water", "district", "department", "区水务局", "District Water Affairs Bureau"),
    UnitTemplate("district.construction", "district", "department", "区建管委", "District Construction and Management Commission"),
    UnitTemplate("district.labour", "district", "department", "区人社局", "District Human Resources and Social Security Bureau"),
    UnitTemplate("district.insurance", "district", "department", "区医保局", "District Healthcare Security Bureau"),
    UnitTemplate("district.education", "district", "department", "区教育局", "District Education Bureau"),
    UnitTemplate("district.disabled", "district", "department", "区残联", "District Disabled Persons' Federation"),
    UnitTemplate("district.petitions", "district", "department", "区信访办", "District Petitions Office"),
    UnitTemplate("district.gas", "district", "utility", "区燃气公司", "District Gas Company"),
    UnitTemplate("district.power", "district", "utility", "区供电公司", "District Power Supply Company"),
    UnitTemplate("district.tap_water", "district", "utility", "区自来水公司", "District Waterworks Company"),
    UnitTemplate("district.telecom", "district", "utility", "通信服务公司", "Telecommunications Service Company"),
)

UNITS: dict[str, UnitTemplate] = {unit.code: unit for unit in _UNITS}

# Invented; a demo gives each estate one of them.
PROPERTY_COMPANIES: tuple[PropertyCompany, ...] = (
    PropertyCompany("pm-linhe", "邻禾物业服务有限公司", "Linhe Property Services"),
    PropertyCompany("pm-qingyan", "青檐物业管理有限公司", "Qingyan Property Management"),
    PropertyCompany("pm-anxu", "安序物业服务有限公司", "Anxu Property Services"),
    PropertyCompany("pm-huaiyin", "槐荫里物业管理有限公司", "Huaiyinli Property Management"),
    PropertyCompany("pm-suheju", "苏禾居物业服务有限公司", "Suheju Property Services"),
    PropertyCompany("pm-mudeng", "暮灯物业服务有限公司", "Mudeng Property Services"),
    PropertyCompany("pm-heqiao", "鹤桥物业管理有限公司", "Heqiao Property Management"),
    PropertyCompany("pm-yuanzhai", "远宅物业服务有限公司", "Yuanzhai Property Services"),
    PropertyCompany("pm-chenlu", "晨麓物业管理有限公司", "Chenlu Property Management"),
    PropertyCompany("pm-sanyang", "三秧物业服务有限公司", "Sanyang Property Services"),
    PropertyCompany("pm-tongli", "桐篱物业管理有限公司", "Tongli Property Management"),
    PropertyCompany("pm-beidu", "北渡头物业服务有限公司", "Beidutou Property Services"),
)

DISPATCH_RULES: tuple[DispatchRule, ...] = tuple(
    DispatchRule(kind.code, UNITS[handler].level, handler, order)
    for kind in KINDS.values()
    for order, handler in enumerate(kind.handlers)
)


def takes(unit: str) -> tuple[str, ...]:
    """Codes of the kinds that a unit takes first, by default."""
    return tuple(rule.category for rule in DISPATCH_RULES if rule.unit == unit and rule.order == 0)


def rule_for(category: str) -> DispatchRule:
    """The rule that a new matter of this kind follows. Raises KeyError for a kind that is not in the tree."""
    return next(rule for rule in DISPATCH_RULES if rule.category == KINDS[category].code and rule.order == 0)

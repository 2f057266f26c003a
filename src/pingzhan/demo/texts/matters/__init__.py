"""All scripts of the demo, by kind, in the order of the category tree."""

from pingzhan.demo.texts.matters.appearance import SCRIPTS as APPEARANCE
from pingzhan.demo.texts.matters.housing import SCRIPTS as HOUSING
from pingzhan.demo.texts.matters.property import SCRIPTS as PROPERTY
from pingzhan.demo.texts.matters.traffic import SCRIPTS as TRAFFIC
from pingzhan.demo.texts.matters.waste import SCRIPTS as WASTE
from pingzhan.demo.texts.shapes import Script

SCRIPTS: dict[str, Script] = {
    **PROPERTY,
    **HOUSING,
    **APPEARANCE,
    **WASTE,
    **TRAFFIC,
}

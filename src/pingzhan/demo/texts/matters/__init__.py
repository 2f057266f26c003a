"""All scripts of the demo, by kind."""

from pingzhan.demo.texts.matters.housing import SCRIPTS as HOUSING
from pingzhan.demo.texts.matters.property import SCRIPTS as PROPERTY
from pingzhan.demo.texts.shapes import Script

SCRIPTS: dict[str, Script] = {
    **PROPERTY,
    **HOUSING,
}

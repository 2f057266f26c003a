"""All scripts of the demo, by kind, in the order of the category tree."""

from pingzhan.demo.texts.matters.animal import SCRIPTS as ANIMAL
from pingzhan.demo.texts.matters.appearance import SCRIPTS as APPEARANCE
from pingzhan.demo.texts.matters.care import SCRIPTS as CARE
from pingzhan.demo.texts.matters.education import SCRIPTS as EDUCATION
from pingzhan.demo.texts.matters.environment import SCRIPTS as ENVIRONMENT
from pingzhan.demo.texts.matters.fire import SCRIPTS as FIRE
from pingzhan.demo.texts.matters.health import SCRIPTS as HEALTH
from pingzhan.demo.texts.matters.housing import SCRIPTS as HOUSING
from pingzhan.demo.texts.matters.illegal import SCRIPTS as ILLEGAL
from pingzhan.demo.texts.matters.market import SCRIPTS as MARKET
from pingzhan.demo.texts.matters.neighbour import SCRIPTS as NEIGHBOUR
from pingzhan.demo.texts.matters.noise import SCRIPTS as NOISE
from pingzhan.demo.texts.matters.order import SCRIPTS as ORDER
from pingzhan.demo.texts.matters.property import SCRIPTS as PROPERTY
from pingzhan.demo.texts.matters.service import SCRIPTS as SERVICE
from pingzhan.demo.texts.matters.traffic import SCRIPTS as TRAFFIC
from pingzhan.demo.texts.matters.utility import SCRIPTS as UTILITY
from pingzhan.demo.texts.matters.waste import SCRIPTS as WASTE
from pingzhan.demo.texts.matters.work import SCRIPTS as WORK
from pingzhan.demo.texts.shapes import Script

SCRIPTS: dict[str, Script] = {
    **PROPERTY,
    **HOUSING,
    **APPEARANCE,
    **WASTE,
    **TRAFFIC,
    **NOISE,
    **ENVIRONMENT,
    **FIRE,
    **UTILITY,
    **NEIGHBOUR,
    **ILLEGAL,
    **CARE,
    **HEALTH,
    **WORK,
    **EDUCATION,
    **ANIMAL,
    **MARKET,
    **ORDER,
    **SERVICE,
}

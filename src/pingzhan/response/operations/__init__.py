"""Writing plans, and switching by them."""

from pingzhan.response.operations.activation import Outdated as Outdated
from pingzhan.response.operations.activation import activate as activate
from pingzhan.response.operations.activation import change_level as change_level
from pingzhan.response.operations.activation import lapse_due as lapse_due
from pingzhan.response.operations.activation import renew as renew
from pingzhan.response.operations.activation import stand_down as stand_down
from pingzhan.response.operations.activation import tick_item as tick_item
from pingzhan.response.operations.plans import create_plan as create_plan
from pingzhan.response.operations.plans import edit as edit
from pingzhan.response.operations.plans import publish as publish
from pingzhan.response.operations.plans import retire as retire
from pingzhan.response.operations.plans import review as review
from pingzhan.response.operations.warnings import release as release

"""Reads about units, persons and appointments."""

from pingzhan.people.queries.appointments import HEADS as HEADS
from pingzhan.people.queries.appointments import heads_of as heads_of
from pingzhan.people.queries.units import current_units as current_units
from pingzhan.people.queries.units import names_of as names_of
from pingzhan.people.queries.units import unit as unit
from pingzhan.people.queries.units import units_for_dispatch as units_for_dispatch
from pingzhan.people.queries.units import units_in_scope as units_in_scope

"""Units, persons, appointments: an appointment issues the grant that lets its holder act."""

from pingzhan.people.operations.appointments import appoint as appoint
from pingzhan.people.operations.appointments import dismiss as dismiss
from pingzhan.people.operations.persons import create_person as create_person
from pingzhan.people.operations.units import create_unit as create_unit

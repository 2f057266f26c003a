"""Units, persons, appointments: an appointment issues the grant that lets its holder act."""

from pingzhan.people.operations.appointments import appoint as appoint
from pingzhan.people.operations.appointments import dismiss as dismiss
from pingzhan.people.operations.appointments import end_terms as end_terms
from pingzhan.people.operations.appointments import succeed as succeed
from pingzhan.people.operations.persons import change_person as change_person
from pingzhan.people.operations.persons import create_person as create_person
from pingzhan.people.operations.persons import enter_person as enter_person
from pingzhan.people.operations.persons import move_file as move_file
from pingzhan.people.operations.persons import open_phone as open_phone
from pingzhan.people.operations.units import create_unit as create_unit

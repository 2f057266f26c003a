"""Units, persons, appointments: an appointment issues the grant that lets its holder act."""

from pingzhan.people.operations.accounts import open_account as open_account
from pingzhan.people.operations.accounts import renew_link as renew_link
from pingzhan.people.operations.accounts import set_account as set_account
from pingzhan.people.operations.accounts import take_on as take_on
from pingzhan.people.operations.appointments import appoint as appoint
from pingzhan.people.operations.appointments import dismiss as dismiss
from pingzhan.people.operations.appointments import end_terms as end_terms
from pingzhan.people.operations.appointments import succeed as succeed
from pingzhan.people.operations.leader_import import import_leaders as import_leaders
from pingzhan.people.operations.merging import merge_persons as merge_persons
from pingzhan.people.operations.merging import undo_merge as undo_merge
from pingzhan.people.operations.persons import change_person as change_person
from pingzhan.people.operations.persons import create_person as create_person
from pingzhan.people.operations.persons import enter_person as enter_person
from pingzhan.people.operations.persons import move_file as move_file
from pingzhan.people.operations.persons import open_phone as open_phone
from pingzhan.people.operations.snapshots import note_coverage as note_coverage
from pingzhan.people.operations.unit_import import import_units as import_units
from pingzhan.people.operations.units import change_unit as change_unit
from pingzhan.people.operations.units import create_unit as create_unit
from pingzhan.people.operations.units import end_unit as end_unit

"""Units, persons and their appointments."""

from pingzhan.people.models.appointments import Appointment as Appointment
from pingzhan.people.models.persons import Person as Person
from pingzhan.people.models.units import Unit as Unit

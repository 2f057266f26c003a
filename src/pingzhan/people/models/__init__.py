"""Units, persons, their appointments, and the chains of posts that these fill."""

from pingzhan.people.models.appointments import Appointment as Appointment
from pingzhan.people.models.chains import Chain as Chain
from pingzhan.people.models.chains import Post as Post
from pingzhan.people.models.coverage import CoverageDay as CoverageDay
from pingzhan.people.models.persons import Person as Person
from pingzhan.people.models.persons import PersonMerge as PersonMerge
from pingzhan.people.models.units import Unit as Unit

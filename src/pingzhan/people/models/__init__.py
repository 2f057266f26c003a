"""Units, persons, their appointments, and the chains of posts that these fill."""

from pingzhan.people.models.appointments import Appointment as Appointment
from pingzhan.people.models.chains import Chain as Chain
from pingzhan.people.models.chains import Post as Post
from pingzhan.people.models.check_ins import CheckIn as CheckIn
from pingzhan.people.models.check_ins import CheckInNote as CheckInNote
from pingzhan.people.models.check_ins import Roster as Roster
from pingzhan.people.models.check_ins import RosterLine as RosterLine
from pingzhan.people.models.coverage import CoverageDay as CoverageDay
from pingzhan.people.models.lists import ListItem as ListItem
from pingzhan.people.models.lists import ListVersion as ListVersion
from pingzhan.people.models.persons import Person as Person
from pingzhan.people.models.persons import PersonMerge as PersonMerge
from pingzhan.people.models.skills import PersonSkill as PersonSkill
from pingzhan.people.models.skills import Skill as Skill
from pingzhan.people.models.talent import TalentAsk as TalentAsk
from pingzhan.people.models.talent import TalentRequest as TalentRequest
from pingzhan.people.models.teams import Group as Group
from pingzhan.people.models.teams import Nomination as Nomination
from pingzhan.people.models.teams import Team as Team
from pingzhan.people.models.teams import TeamMember as TeamMember
from pingzhan.people.models.trainings import PersonTraining as PersonTraining
from pingzhan.people.models.trainings import Training as Training
from pingzhan.people.models.units import Unit as Unit

from typing import Any

from pingzhan.access.actors import SYSTEM
from pingzhan.core.clock import now
from pingzhan.core.management.catalogues import LoadCatalogue
from pingzhan.people.operations import load_trainings


class Command(LoadCatalogue):
    help = "Load the kinds of short trainings that posts of plans ask for; again changes what differs."
    noun = "trainings"

    def load(self, catalogue: Any) -> int:
        return load_trainings(by=SYSTEM, at=now(), catalogue=catalogue)

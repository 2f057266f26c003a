from typing import Any

from pingzhan.access.actors import SYSTEM
from pingzhan.core.clock import now
from pingzhan.core.management.catalogues import LoadCatalogue
from pingzhan.stations.operations import load_functions


class Command(LoadCatalogue):
    help = "Load the kinds of functions and equipment that rooms can have; again changes what differs."
    noun = "functions"

    def load(self, catalogue: Any) -> int:
        return load_functions(by=SYSTEM, at=now(), catalogue=catalogue)

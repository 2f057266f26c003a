"""Writes to the area tree: one function a verb, keyword-only, one transaction each."""

from pingzhan.places.operations.grids import NEW as NEW
from pingzhan.places.operations.grids import Drawn as Drawn
from pingzhan.places.operations.grids import Redrawn as Redrawn
from pingzhan.places.operations.grids import merge_grids as merge_grids
from pingzhan.places.operations.grids import move_to_grid as move_to_grid
from pingzhan.places.operations.grids import redraw as redraw
from pingzhan.places.operations.grids import rename_grid as rename_grid
from pingzhan.places.operations.grids import split_grid as split_grid
from pingzhan.places.operations.imports import ImportedBoundaries as ImportedBoundaries
from pingzhan.places.operations.imports import ImportedPlaces as ImportedPlaces
from pingzhan.places.operations.imports import Renamed as Renamed
from pingzhan.places.operations.imports import Unmatched as Unmatched
from pingzhan.places.operations.imports import changed as changed
from pingzhan.places.operations.imports import import_boundaries as import_boundaries
from pingzhan.places.operations.imports import import_places as import_places
from pingzhan.places.operations.proposals import accept_proposal as accept_proposal
from pingzhan.places.operations.proposals import adjust_proposal as adjust_proposal
from pingzhan.places.operations.proposals import communities_to_propose as communities_to_propose
from pingzhan.places.operations.proposals import propose_changes as propose_changes
from pingzhan.places.operations.proposals import propose_grids as propose_grids
from pingzhan.places.operations.proposals import reject_proposal as reject_proposal

"""The area tree with its outlines, estates and other names, and what is proposed for its grids."""

from pingzhan.places.models.estates import Alias as Alias
from pingzhan.places.models.estates import Estate as Estate
from pingzhan.places.models.grids import GridProposal as GridProposal
from pingzhan.places.models.grids import PastOutline as PastOutline
from pingzhan.places.models.imports import PlaceImport as PlaceImport
from pingzhan.places.models.tree import FormerName as FormerName
from pingzhan.places.models.tree import Outline as Outline
from pingzhan.places.models.tree import Place as Place
from pingzhan.places.models.tree import PlacesVersion as PlacesVersion

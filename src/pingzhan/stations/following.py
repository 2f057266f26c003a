"""Stations follow the places that they stand in."""

from pingzhan.places.events import follows
from pingzhan.stations.models import Station

follows(Station, place="place")

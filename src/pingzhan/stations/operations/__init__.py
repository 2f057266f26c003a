"""Stations come, change and go; rooms and what they can serve as; the catalogue of functions."""

from pingzhan.stations.operations.catalogue import load_functions as load_functions
from pingzhan.stations.operations.rooms import add_room as add_room
from pingzhan.stations.operations.rooms import change_room as change_room
from pingzhan.stations.operations.rooms import close_room as close_room
from pingzhan.stations.operations.rooms import find_fit as find_fit
from pingzhan.stations.operations.stations import change_station as change_station
from pingzhan.stations.operations.stations import close_station as close_station
from pingzhan.stations.operations.stations import open_station as open_station

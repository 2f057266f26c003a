"""Plans follow the places that they are for; figures of readiness tell of their day and stay."""

from pingzhan.places.events import follows, stays
from pingzhan.response.models import Plan, ReadinessFigure

follows(Plan)
stays(ReadinessFigure)

"""Personal data in texts: found with their kind and place, and replaced by a word for them before a text is published.

A proposal only: what is doubtful is left standing and marked, and a person reads and approves what is published.
How much is found and how much is found wrongly is measured on real texts by `./pz bench personal_data`.
"""

from pingzhan.core.personal_data.finding import find_personal as find_personal
from pingzhan.core.personal_data.finding import hide_personal as hide_personal
from pingzhan.core.personal_data.spans import Hidden as Hidden
from pingzhan.core.personal_data.spans import Kind as Kind
from pingzhan.core.personal_data.spans import Piece as Piece
from pingzhan.core.personal_data.spans import Span as Span

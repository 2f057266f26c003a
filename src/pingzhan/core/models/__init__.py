"""Tables of the core: they know nothing of the domain."""

from pingzhan.core.models.calendar import CalendarDay as CalendarDay
from pingzhan.core.models.counters import Counter as Counter
from pingzhan.core.models.idempotency import IdempotencyRecord as IdempotencyRecord
from pingzhan.core.models.jobs import WorkerBeat as WorkerBeat
from pingzhan.core.models.outbox import Message as Message
from pingzhan.core.models.search import SearchDocument as SearchDocument

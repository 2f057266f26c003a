"""Tables of the core: they know nothing of the domain."""

from pingzhan.core.models.counters import Counter as Counter
from pingzhan.core.models.idempotency import IdempotencyRecord as IdempotencyRecord

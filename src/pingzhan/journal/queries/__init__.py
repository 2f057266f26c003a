"""Reading the journal."""

from pingzhan.journal.queries.listing import entries_page as entries_page
from pingzhan.journal.queries.listing import entry_within as entry_within
from pingzhan.journal.queries.listing import unsealed_count as unsealed_count
from pingzhan.journal.queries.many import timelines as timelines
from pingzhan.journal.queries.many import with_openings as with_openings
from pingzhan.journal.queries.openings import openings_by as openings_by
from pingzhan.journal.queries.openings import openings_of as openings_of
from pingzhan.journal.queries.openings import openings_of_person as openings_of_person
from pingzhan.journal.queries.timeline import entry_by_uid as entry_by_uid
from pingzhan.journal.queries.timeline import last_at as last_at
from pingzhan.journal.queries.timeline import timeline as timeline
from pingzhan.journal.queries.tree import InclusionProof as InclusionProof
from pingzhan.journal.queries.tree import NotSealed as NotSealed
from pingzhan.journal.queries.tree import TreeDamaged as TreeDamaged
from pingzhan.journal.queries.tree import consistency_proof as consistency_proof
from pingzhan.journal.queries.tree import inclusion_proof as inclusion_proof
from pingzhan.journal.queries.tree import is_as_sealed as is_as_sealed
from pingzhan.journal.queries.tree import latest_head as latest_head
from pingzhan.journal.queries.tree import proofs_of as proofs_of
from pingzhan.journal.queries.tree import root_at as root_at
from pingzhan.journal.queries.verification import Finding as Finding
from pingzhan.journal.queries.verification import Report as Report
from pingzhan.journal.queries.verification import verify as verify

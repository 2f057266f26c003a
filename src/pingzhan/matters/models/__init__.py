"""Matters: anything that someone raised and that must be closed."""

from pingzhan.matters.models.catalogue import Category as Category
from pingzhan.matters.models.catalogue import DispatchRule as DispatchRule
from pingzhan.matters.models.catalogue import Limit as Limit
from pingzhan.matters.models.catalogue import Power as Power
from pingzhan.matters.models.catalogue import TimeRule as TimeRule
from pingzhan.matters.models.clock import Clock as Clock
from pingzhan.matters.models.clock import Escalation as Escalation
from pingzhan.matters.models.clock import Ladder as Ladder
from pingzhan.matters.models.clock import Pause as Pause
from pingzhan.matters.models.closing import Notice as Notice
from pingzhan.matters.models.closing import Rating as Rating
from pingzhan.matters.models.exports import Export as Export
from pingzhan.matters.models.matter import Matter as Matter
from pingzhan.matters.models.passing import Merger as Merger
from pingzhan.matters.models.passing import Referral as Referral
from pingzhan.matters.models.passing import Supervision as Supervision
from pingzhan.matters.models.record import Attachment as Attachment
from pingzhan.matters.models.record import Remark as Remark
from pingzhan.matters.models.redaction import Redaction as Redaction
from pingzhan.matters.models.surge import BulkAction as BulkAction
from pingzhan.matters.models.surge import BulkItem as BulkItem
from pingzhan.matters.models.surge import Presence as Presence

"""Writes of matters: one function a verb, keyword-only, one transaction and one journal entry each."""

from pingzhan.matters.operations.bulk import bulk as bulk
from pingzhan.matters.operations.bulk import undo as undo
from pingzhan.matters.operations.closing import (
    archive as archive,
)
from pingzhan.matters.operations.closing import call_back as call_back
from pingzhan.matters.operations.closing import (
    feed_back as feed_back,
)
from pingzhan.matters.operations.closing import (
    lapse_rating as lapse_rating,
)
from pingzhan.matters.operations.closing import (
    publish as publish,
)
from pingzhan.matters.operations.closing import (
    rate as rate,
)
from pingzhan.matters.operations.closing import (
    reopen as reopen,
)
from pingzhan.matters.operations.closing import reply_to_rating as reply_to_rating
from pingzhan.matters.operations.closing import (
    take_down as take_down,
)
from pingzhan.matters.operations.closing import (
    verify as verify,
)
from pingzhan.matters.operations.contact import open_contact as open_contact
from pingzhan.matters.operations.exports import cancel_export as cancel_export
from pingzhan.matters.operations.exports import request_export as request_export
from pingzhan.matters.operations.following import follow_matter as follow_matter
from pingzhan.matters.operations.handling import (
    complete as complete,
)
from pingzhan.matters.operations.handling import (
    progress as progress,
)
from pingzhan.matters.operations.handling import (
    return_matter as return_matter,
)
from pingzhan.matters.operations.handling import (
    sign as sign,
)
from pingzhan.matters.operations.intake import (
    accept as accept,
)
from pingzhan.matters.operations.intake import (
    dispatch as dispatch,
)
from pingzhan.matters.operations.intake import (
    reject as reject,
)
from pingzhan.matters.operations.intake import (
    split as split,
)
from pingzhan.matters.operations.intake import (
    withdraw as withdraw,
)
from pingzhan.matters.operations.merging import merge as merge
from pingzhan.matters.operations.merging import unmerge as unmerge
from pingzhan.matters.operations.pausing import (
    decide_pause as decide_pause,
)
from pingzhan.matters.operations.pausing import (
    hold as hold,
)
from pingzhan.matters.operations.pausing import (
    resume as resume,
)
from pingzhan.matters.operations.presence import look_at as look_at
from pingzhan.matters.operations.questions import answer as answer
from pingzhan.matters.operations.questions import ask as ask
from pingzhan.matters.operations.redaction import open_original as open_original
from pingzhan.matters.operations.redaction import redact as redact
from pingzhan.matters.operations.referring import refer as refer
from pingzhan.matters.operations.report import Location as Location
from pingzhan.matters.operations.report import report as report
from pingzhan.matters.operations.suggestion import activate_suggestion as activate_suggestion
from pingzhan.matters.operations.suggestion import learn_suggestion as learn_suggestion
from pingzhan.matters.operations.suggestion import stop_suggestion as stop_suggestion
from pingzhan.matters.operations.supervision import release as release
from pingzhan.matters.operations.supervision import report_back as report_back
from pingzhan.matters.operations.supervision import supervise as supervise
from pingzhan.matters.operations.supervision import urge as urge
from pingzhan.matters.operations.templates import retire_template as retire_template
from pingzhan.matters.operations.templates import save_template as save_template

"""Following one's matter: by number and query code, or signed in; and what its reporter may do about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pingzhan.access.actors import Actor
from pingzhan.core import flood
from pingzhan.core.client_address import client_address
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.core.idempotency import once
from pingzhan.matters import operations
from pingzhan.matters.choices import Step
from pingzhan.matters.queries.rights import is_reporter, next_steps
from pingzhan.matters.queries.sheet import matter_by_code, reporter_actor, sheet
from pingzhan.web.forms.report import fresh_key
from pingzhan.web.forms.steps import RateForm, ReasonForm, StepForm, UrgeForm, WithdrawForm
from pingzhan.web.portal.proof import forget, proven, remember
from pingzhan.web.portal.words import follow_up, shown_clocks

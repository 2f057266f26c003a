"""The installation's addresses, the style pages, and a desk at which forms of the parts' tests arrive."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template import engines
from django.urls import include, path

from pingzhan.core.errors import Invalid

ARRIVED: list[dict[str, Any]] = []
SQUARE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "曹杨新村街道", "level": "street"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[121.40, 31.23], [121.42, 31.23], [121.42, 31.25], [121.40, 31.25], [121.40, 31.23]]],
            },
        }
    ],
}
FORM = """{% extends "base/portal.html" %}{% load i18n ui fields %}
{% block title %}试{% endblock %}{% block heading %}试{% endblock %}
{% block content %}<form method="post" enctype="multipart/form-data" data-send-once data-keep>{% csrf_token %}
{% problem_summary problem %}
{% textarea "text" "发生了什么" required=True %}{% input "phone" "联系电话" type="tel" %}
{% photo_picker most=2 %}{% pin_picker "/outlines" locate_url="/where" %}
{% send_once key %}<button class="button button-primary">提交</button></form>{% endblock %}"""


def phone_style(request: HttpRequest) -> HttpResponse:
    return render(request, "base/style.html", {"outlines_url": "/outlines"})


def desk_style(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        ARRIVED.append({"numbers": request.POST.getlist("numbers"), "step": request.POST.get("step")})
    return render(request, "base/style_desk.html")


def outlines(request: HttpRequest) -> HttpResponse:
    return HttpResponse(json.dumps(SQUARE), content_type="application/geo+json")


def where(request: HttpRequest) -> HttpResponse:
    inside = 121.40 <= float(request.GET["lon"]) <= 121.42 and 31.23 <= float(request.GET["lat"]) <= 31.25
    places = [{"name": "普陀区"}, {"name": "曹杨新村街道"}]
    return JsonResponse(places, safe=False) if inside else JsonResponse({}, status=404)


def form(request: HttpRequest) -> HttpResponse:
    problem = None
    if request.method == "POST":
        sizes = [file.size for file in request.FILES.getlist("pictures")]
        ARRIVED.append({**request.POST.dict(), "sizes": sizes})
        if request.POST["phone"] != "bad":
            messages.success(request, "收到了")
            return redirect("/thanks")
        problem = Invalid("号码不对", errors=[{"loc": ["phone"], "msg": "号码不对"}])
    context = {"key": "the-key", "problem": problem, "typed": request.POST}
    page = engines["django"].from_string(FORM).render(context, request)
    return HttpResponse(page, status=422 if problem else 200)


urlpatterns = [
    path("style/phone", phone_style),
    path("style/desk", desk_style),
    path("outlines", outlines),
    path("where", where),
    path("form", form),
    path("thanks", phone_style),
    path("", include("pingzhan.urls")),
]

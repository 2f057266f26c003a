"""The four faces, the API and health: one line a door."""

from django.urls import include, path

from pingzhan.api.root import api
from pingzhan.web import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("demo/", include("pingzhan.demo.urls")),
    path("", include("pingzhan.web.prefs_urls")),
    path("desk/", include("pingzhan.web.desk.urls")),
    path("command/", include("pingzhan.web.command.urls")),
    path("field/", include("pingzhan.web.field.urls")),
    path("", include("pingzhan.web.portal.urls")),
]

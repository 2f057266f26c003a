"""Doors without a face of their own: the way home, a visitor's choices, the pictures of a matter."""

from django.urls import path

from pingzhan.web import join, photos, prefs

urlpatterns = [
    path("home/", prefs.home, name="home"),
    path("join/<str:token>/", join.join, name="join"),
    path("prefs/", prefs.prefs, name="prefs"),
    path("matters/<slug:number>/photos/<uuid:photo>", photos.photo, name="photo"),
]

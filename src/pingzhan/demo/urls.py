from django.urls import path

from pingzhan.demo import views

app_name = "demo"

urlpatterns = [
    path("", views.index, name="index"),
    path("enter/<str:token>", views.enter, name="enter"),
    path("messages", views.messages, name="messages"),
]

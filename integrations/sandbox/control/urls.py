from django.urls import path

from integrations.sandbox.control import views

urlpatterns = [
    path("reset", views.reset),
    path("people", views.people),
    path("people.json", views.people_json),
    path("clients", views.clients),
    path("faults", views.faults),
]

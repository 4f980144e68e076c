from django.urls import path

from integrations.sandbox.control import page, trouble, views, works

urlpatterns = [
    path("", page.switches, name="switches"),
    path("switches/fault", page.order_fault, name="order-fault"),
    path("switches/clear", page.clear_faults, name="clear-faults"),
    path("switches/limit", page.change_limit, name="change-limit"),
    path("switches/status", page.change_status, name="change-status"),
    path("switches/webhooks", page.run_webhooks, name="run-webhooks"),
    path("reset", views.reset),
    path("people", views.people),
    path("people.json", views.people_json),
    path("people/<orcid:orcid>/status", views.person_status),
    path("people/<orcid:orcid>/record", works.person_record),
    path("people/<orcid:orcid>/works", works.person_works),
    path("people/<orcid:orcid>/works/generate", works.generated_works),
    path("people/generate", works.generated_people),
    path("permissions", works.permissions),
    path("organizations", views.organizations),
    path("clients", views.clients),
    path("faults", trouble.fault),
    path("limits", trouble.limits),
    path("webhooks/run", trouble.run_webhooks),
    path("webhooks/clock", trouble.turn_clock),
]

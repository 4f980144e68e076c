from django.urls import path

from integrations.sandbox.mailbox import views

urlpatterns = [
    path("", views.inbox, name="mailbox"),
    path("messages.json", views.messages_json),
    path("<int:pk>/", views.message, name="message"),
    path("<int:pk>/html", views.message_html, name="message-html"),
]

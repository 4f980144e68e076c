"""Sign-in, sign-out and a person's own e-mail addresses: of allauth's pages, those we want.

Registration, passwords and connecting further accounts are not mounted. A failed sign-in is shown
where it fails (`contacts.adapters`), so that allauth's own pages for it are not needed.
"""

from allauth.account import views as account
from django.urls import include, path

from contacts.views.own_addresses import prove_address

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("email/", account.email, name="account_email"),
    path("confirm-email/<str:key>/", prove_address, name="account_confirm_email"),
    path("", include("integrations.orcid.urls")),
]

"""Sign-in, sign-out and a person's own account: of allauth's pages, those we want.

Registration, resetting passwords and allauth's own re-authentication are not mounted. A failed
sign-in is shown where it fails (`contacts.adapters`), so that allauth's pages for it are not needed.
"""

from allauth.account import views as account
from allauth.mfa.base.views import authenticate
from django.urls import path
from django.views.generic import RedirectView

from contacts.networks import limited, shut_after_failures
from contacts.throttles import PASSWORD_FORMS, SIGN_INS
from contacts.views import accounts, institutions, services
from contacts.views.own_addresses import prove_address
from contacts.views.proving import confirm_identity
from integrations.orcid.views import oauth2_callback, oauth2_login

urlpatterns = [
    path("login/", limited(account.login, PASSWORD_FORMS, only="POST"), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("second-factor/", authenticate, name="mfa_authenticate"),
    path("confirm-email/<str:key>/", prove_address, name="account_confirm_email"),
    path("institutions/", institutions.institutions, name="institutions"),
    path(
        "institutions/<slug:slug>/login/",
        limited(institutions.login, SIGN_INS, only="POST"),
        name="institution_login",
    ),
    path(
        "institutions/<slug:slug>/callback/",
        shut_after_failures(institutions.callback),
        name="institution_callback",
    ),
    # Strangers make a row by it: as often as sign-ins may begin.
    path(
        "institutions/<slug:slug>/acs/",
        limited(institutions.acs, SIGN_INS),
        name="institution_acs",
    ),
    path(
        "institutions/<slug:slug>/acs/finish/",
        shut_after_failures(institutions.finish),
        name="institution_finish",
    ),
    path(
        "institutions/<slug:slug>/metadata/",
        institutions.own_metadata,
        name="institution_metadata",
    ),
    path(
        "with/<slug:service>/",
        limited(services.service_login, SIGN_INS),
        name="service_login",
    ),
    path(
        "with/<slug:service>/callback/",
        shut_after_failures(services.service_callback),
        name="service_callback",
    ),
    path("orcid/login/", limited(oauth2_login, SIGN_INS, only="POST"), name="orcid_login"),
    path(
        "orcid/login/callback/",
        shut_after_failures(oauth2_callback),
        name="orcid_callback",
    ),
]

# Below `/me/accounts/`: the tabs of a person's own account, and what they lead to.
own_urls = [
    path("email/", account.email, name="account_email"),
    path("connected/<int:pk>/remove/", services.remove, name="account_remove"),
    path("password/", accounts.password, name="account_change_password"),
    path("confirm/", confirm_identity, name="confirm_identity"),
    path("sessions/", accounts.sessions, name="usersessions_list"),
    path("sessions/end-others/", accounts.end_others, name="sessions_end_others"),
    path("sessions/<int:pk>/end/", accounts.end_one, name="session_end"),
    path("second-factor/", accounts.second_factor, name="mfa_index"),
    path("second-factor/app/", accounts.add_app, name="mfa_activate_totp"),
    path("second-factor/app/remove/", accounts.remove_app, name="mfa_deactivate_totp"),
    path("second-factor/codes/", accounts.show_codes, name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", accounts.make_codes, name="mfa_generate_recovery_codes"),
    path("second-factor/codes.txt", accounts.download_codes, name="mfa_download_recovery_codes"),
    path("second-factor/passkeys/add/", accounts.add_passkey, name="mfa_add_webauthn"),
    path(
        "second-factor/passkeys/<int:pk>/remove/",
        accounts.remove_passkey,
        name="mfa_remove_webauthn",
    ),
    # Where allauth goes after a removal: they all stand on one page here.
    path(
        "second-factor/passkeys/",
        RedirectView.as_view(pattern_name="mfa_index"),
        name="mfa_list_webauthn",
    ),
]

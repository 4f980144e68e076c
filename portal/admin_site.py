"""The operator's admin: for staff who have a second factor, and signed in with it."""

from typing import TYPE_CHECKING, cast

from allauth.account.decorators import secure_admin_login
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from contacts.proof import has_second_factor

if TYPE_CHECKING:
    from contacts.models import User

# Kept with the request: nothing that a client sends gets a name without “HTTP_”.
_KNOWN = "portal.has_second_factor"


class PortalAdminSite(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        """Asks the database once a request: a flag in the session could outlive the second factor."""
        if not super().has_permission(request):
            return False
        if (known := request.META.get(_KNOWN)) is None:
            known = request.META[_KNOWN] = has_second_factor(cast("User", request.user))
        return bool(known)

    # Operators sign in on the one page that counts wrong passwords.
    @method_decorator(login_not_required)
    @method_decorator(secure_admin_login)
    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Reached by staff who are signed in: what they lack is the second factor."""
        if self.has_permission(request):
            return redirect(f"{self.name}:index")
        messages.warning(request, _("The administration opens once you have a second factor."))
        return redirect("mfa_index")

    def password_change(  # type: ignore[override]  # it leads on
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """On the one page that counts, ends the other sessions, and tells."""
        return redirect("account_change_password")

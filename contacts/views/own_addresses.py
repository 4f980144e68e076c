"""The link in the mail that proves an e-mail address."""

from allauth.account.models import EmailConfirmationHMAC
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contacts.browsers import browser_of
from contacts.services.security import Change, tell_of_change
from members.http import PortalRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def prove_address(request: PortalRequest, key: str) -> HttpResponse:
    """Only for the person who asked: the mailbox and the iD are proved together.

    Anybody's click would otherwise do, and a stranger who had added the address to their own
    sign-in would be found under it (C2).
    """
    confirmation = EmailConfirmationHMAC.from_key(key)
    if confirmation is None or confirmation.email_address.user_id != request.user.pk:
        return render(request, "account/email_confirm.html", {"address": None}, status=404)
    address = confirmation.email_address
    if request.method == "POST":
        if _proved(request, confirmation):
            # To one they had before: nobody else can have proved that.
            tell_of_change(
                user=request.user,
                change=Change.ADDRESS_ADDED,
                detail=address.email,
                browser=browser_of(request),
            )
        else:
            messages.error(request, _("%s could not be added.") % address.email)
        return redirect("account_email")
    return render(request, "account/email_confirm.html", {"address": address})


def _proved(request: PortalRequest, confirmation: EmailConfirmationHMAC) -> bool:
    """allauth says on the page that it worked; False when somebody else was faster."""
    if not confirmation.email_address.can_set_verified():
        return False
    try:
        with transaction.atomic():
            return confirmation.confirm(request) is not None
    except IntegrityError:
        return False

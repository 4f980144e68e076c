"""Operators: people who sign in with a password and work in the Django admin."""

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import User


@transaction.atomic
def create_operator(*, email: str, password: str, name: str = "") -> User:
    """Make an operator with full access, who signs in with this address and password.

    The address counts as proved: whoever runs the command answers for it. Raises `ValidationError`
    for a bad address, a weak password, and an address that an account has already.
    """
    email = email.strip().lower()
    validate_email(email)
    taken = EmailAddress.objects.filter(email__iexact=email).exists()
    if taken or User.objects.filter(email__iexact=email).exists():
        raise ValidationError(_("There is an account with this address already."), code="taken")
    user = User(email=email, name=name, is_staff=True, is_superuser=True)
    validate_password(password, user)
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user

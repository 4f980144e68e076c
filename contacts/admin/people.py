"""People who sign in. An iD gets here by signing in with ORCID and in no other way (C4)."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import User
from contacts.services.erasing import erase_person
from contacts.services.security import Change, end_other_sessions, tell_of_change
from members.actors import Actor
from members.admin.operations import Operation, OperationForm, ReadOnlyAdmin, ServiceAdmin

# What makes an operator, or gives one more power, is a superuser's to decide.
_POWERS = ["is_staff", "is_superuser", "groups", "user_permissions"]


class ErasePersonForm(OperationForm):
    """For a person who asks for it by other means; they can do it themselves, too."""

    is_danger = True
    intro = gettext_lazy(
        "For a person who asks for it, once you know that it is they. The account is closed, they leave "
        "every organisation they are a contact of, and everything that names them here is deleted, in "
        "the history too; what was done, and when, stays. What stands on their ORCID record stays "
        "there unless you say otherwise. They are told by mail. It cannot be undone."
    )
    delete_at_orcid = forms.BooleanField(
        label=gettext_lazy("Delete from their ORCID record what this portal wrote there"),
        required=False,
    )

    def perform(self, by: Actor) -> str:
        erase_person(
            user_id=self.target.pk, by=by, delete_at_orcid=self.cleaned_data["delete_at_orcid"]
        )
        self.target.refresh_from_db()  # the admin's log must not name them again
        return _("The account is closed, and what names the person is erased.")


def _is_anybody(user: User) -> bool:
    return not user.emptied_at and user.became_id is None


@admin.register(User)
class PortalUserAdmin(ServiceAdmin, UserAdmin[User]):
    """Deactivated rather than deleted: history points here."""

    actions = None
    operations: ClassVar[list[Operation]] = [
        Operation("erase", gettext_lazy("Erase the person"), ErasePersonForm, _is_anybody)
    ]
    show_full_result_count = False
    list_display = ["display_name", "orcid", "email", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["name", "orcid", "email", "emailaddress__email"]
    ordering = ["-pk"]
    fieldsets = [
        (None, {"fields": ["name", "orcid", "email", "password"]}),
        (gettext_lazy("Access"), {"fields": ["is_active", *_POWERS]}),
        (gettext_lazy("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Operators are made by `manage.py create_operator`, everybody else by signing in."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Otherwise staff could set a superuser's password, and be one.
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return bool(UserAdmin.has_change_permission(self, request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = ["name", "orcid", "email", "last_login", "date_joined"]
        return fixed if request.user.is_superuser else [*fixed, "password", *_POWERS]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only a superuser's page has the password, as a few stars: a field that cannot be changed is
        shown as it is stored, and whoever reads a hash can guess at it unseen."""
        if request.user.is_superuser and self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        (name, first), *others = self.fieldsets
        shown = [field for field in first["fields"] if field != "password"]
        return [(name, {"fields": shown}), *others]

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002  # Django's name
        """A superuser's to set, and only for operators: everybody else signs in with ORCID. They are
        told, and whoever was in by the old one is out."""
        user = self.get_object(request, id)
        if not request.user.is_superuser or (user is not None and not user.is_staff):
            raise PermissionDenied
        before = user.password if user else ""
        response = super().user_change_password(request, id, form_url)
        if user is not None and User.objects.exclude(password=before).filter(pk=user.pk).exists():
            end_other_sessions(user=user, but=request.session.session_key)
            # Not in the browser of whoever set it: that would puzzle its owner.
            tell_of_change(user=user, change=Change.PASSWORD)
        return response


# Second factors and sessions are their owner's to look at; `manage.py take_second_factor` is for those
# who have lost theirs.
for _model in (
    Authenticator,
    EmailAddress,
    Group,
    SocialAccount,
    SocialApp,
    SocialToken,
    UserSession,
):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


@admin.register(Group)
class PortalGroupAdmin(GroupAdmin):
    """A group's rights are powers too: staff could give their own group all of them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    """Proved by a mailed link; marking one as proved by hand would give away other people's iD."""

    list_display = ["email", "user", "verified", "primary"]
    list_select_related = ["user"]
    list_filter = ["verified", "primary"]
    search_fields = ["email", "user__name", "user__orcid"]


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnlyAdmin):
    list_display = ["uid", "user", "provider", "last_login", "date_joined"]
    list_select_related = ["user"]
    search_fields = ["uid", "user__name", "user__email"]
    fields = ["user", "provider", "uid", "last_login", "date_joined"]

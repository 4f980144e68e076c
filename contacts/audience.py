"""Who gets what the lead writes: out of a selection of contacts, one address for each person,
without those who declined mail for that purpose. The same for announcements and for addresses that
are handed to a mail program."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, Min, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.filters import ContactFilter
from contacts.models import Announcement, Contact
from members.models import Consortium, Membership

Kind = Announcement.Kind
# The switch that decides; official notices have none.
PREFERENCE = {Kind.EVENT: "wants_events", Kind.NEWSLETTER: "wants_newsletters"}
REASONS = {
    "no_address": gettext_lazy("no e-mail address"),
    "declined": gettext_lazy("does not want mail of this kind"),
    "once": gettext_lazy("gets it already, at this address or another"),
}


def contacts_of_consortium(consortium: Consortium) -> QuerySet[Contact, Any]:
    """Also those of former members, and those removed: what they declined, they have declined."""
    periods = Membership.objects.filter(consortium=consortium)
    return Contact.objects.filter(member__in=periods.values("member"))


@dataclass(frozen=True)
class Audience:
    """`selection` are contacts of members of the consortium, whatever they want to hear of."""

    consortium: Consortium
    kind: Announcement.Kind
    selection: QuerySet[Contact, Any]

    def receivers(self) -> QuerySet[Contact, Any]:
        """One contact for each who gets it: for a person, and for an address, the first entered."""
        wanted = self.selection.exclude(email="").exclude(self._declined()).order_by()
        people = wanted.values("orcid").annotate(first=Min("pk")).values("first")
        single = Contact.objects.filter(pk__in=people).order_by()
        addresses = single.values(address=Lower("email")).annotate(first=Min("pk")).values("first")
        return Contact.objects.filter(pk__in=addresses)

    def left_out(self) -> QuerySet[Contact, Any]:
        """The rest of the selection, with the `reason` (a key of `REASONS`)."""
        rest = self.selection.exclude(pk__in=self.receivers().values("pk"))
        return rest.annotate(
            reason=Case(
                When(email="", then=Value("no_address")),
                When(self._declined(), then=Value("declined")),
                default=Value("once"),
                output_field=CharField(),
            )
        )

    def _declined(self) -> Q:
        """Whoever declined at one of their members, or shares the address of one who did: a mail
        that was unsubscribed from must not come again by another way."""
        if self.kind not in PREFERENCE:
            return Q(pk__in=[])
        said_no = contacts_of_consortium(self.consortium).filter(**{PREFERENCE[self.kind]: False})
        people = said_no.order_by().values("orcid")
        addresses = said_no.exclude(email="").order_by().values(address=Lower("email"))
        at_address = Contact.objects.annotate(address=Lower("email")).filter(address__in=addresses)
        return Q(orcid__in=people) | Q(pk__in=at_address.order_by().values("pk"))


def audience_of(announcement: Announcement) -> Audience:
    """Who is in it as things stand now.

    Raises `ValidationError` when its filters no longer make sense, such as a country that no member
    lies in any more: an audience is never widened by that.
    """
    consortium = announcement.consortium
    chosen = filter_of(announcement.audience, consortium)
    if not chosen.is_valid():
        raise ValidationError(
            _(
                "One of the filters of the audience does not fit any more. Choose the audience anew."
            ),
            code="audience",
        )
    return Audience(consortium, Kind(announcement.kind), chosen.contacts())


def filter_of(audience: dict[str, Any], consortium: Consortium) -> ContactFilter:
    """The filter of the contact list, as an announcement keeps it."""
    data = {name: [value] for name, value in audience.get("filters", {}).items()}
    data["role"] = list(audience.get("roles", []))
    return ContactFilter(MultiValueDict(data), consortium=consortium)


def kept(chosen: ContactFilter) -> dict[str, Any]:
    """The filter as an announcement keeps it."""
    filters = chosen.chosen()
    return {"roles": filters.pop("role", []), "filters": filters}

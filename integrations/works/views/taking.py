"""Works of researchers who let the institution add them: seen by whoever sees its works, and taken over
as drafts by those who keep these (O2, O7)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from integrations.works import researchers as reading
from integrations.works.models import Work
from integrations.works.rows import as_public, rows_of, with_columns
from integrations.works.services import drafting
from integrations.works.views._room import enter
from members.http import PortalRequest
from members.keyset import Order, stretch
from members.paging import total_in_words


@require_safe
@never_cache
def works_offered(request: PortalRequest, slug: str) -> HttpResponse:
    """Whose works may be added: the publications desk sees no other list of people."""
    room = enter(request, slug)
    form = reading.offering(request.GET, member=room.member)
    page = reading.page_of(form, request.GET.get("page"))
    return room.render("offered.html", {"form": form, "page": page})


@require_safe
@never_cache
def researcher(request: PortalRequest, slug: str, orcid: str) -> HttpResponse:
    """The public works of one person who lets the member add them; of all others, 404."""
    room = enter(request, slug)
    person = reading.listable(room.member, orcid)
    if person is None:
        raise Http404
    works = Work.objects.public().filter(person=person)
    order = Order("published", is_down=True)
    page = stretch(works, works, request.GET, order=order, shown=with_columns)
    rows = rows_of(as_public(page.items))
    return room.render("offer.html", {"person": person, "page": page, "rows": rows})


@require_POST
def researcher_take(request: PortalRequest, slug: str, orcid: str) -> HttpResponse:
    """All public works of one person who lets the member add them; of all others, 404."""
    room = enter(request, slug, to_edit=True)
    person = reading.listable(room.member, orcid)
    if person is None:
        raise Http404
    made = drafting.take(member_id=room.member.pk, person_id=person.pk, work_ids=None, by=room.by)
    if made:
        words = ngettext("%(n)s draft was made.", "%(n)s drafts were made.", made)
        messages.success(request, words % {"n": total_in_words(made)})
    else:
        messages.info(request, _("All of them are among the works already."))
    return room.to("works")

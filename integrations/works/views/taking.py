"""Works of a researcher, taken over as drafts by those who keep the institution's (O2, O7)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from integrations.works import researchers as reading
from integrations.works.services import drafting
from integrations.works.views._room import enter
from members.http import PortalRequest


@require_POST
def researcher_take(request: PortalRequest, slug: str, orcid: str) -> HttpResponse:
    """All public works of one person who lets the member list them; of all others, 404."""
    room = enter(request, slug, to_edit=True)
    person = reading.listable(room.member, orcid)
    if person is None:
        raise Http404
    made = drafting.take(member_id=room.member.pk, person_id=person.pk, work_ids=None, by=room.by)
    if made:
        words = ngettext("%(n)s draft was made.", "%(n)s drafts were made.", made)
        messages.success(request, words % {"n": made})
    else:
        messages.info(request, _("All of them are among the works already."))
    return room.to("works")

"""What the endpoints about a member's people share."""

from contacts.permissions import standing, standing_of
from members.actors import Actor
from members.api.base import PortalViewSet


class PeopleViewSet(PortalViewSet):
    def may_write(self) -> bool:
        # Whoever is no contact there may act for the lead, and then does so in its name (A3).
        user = self.by.user
        if self.by.reach is None and user and standing(user, self.member).is_lead:
            self.by = Actor.lead(user)
        return standing_of(self.by, self.member).can_edit

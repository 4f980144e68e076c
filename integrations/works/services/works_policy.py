"""What a member says of its works: what un-publishing means, and whether researchers' are validated
first."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from integrations.works.models import WorksPolicy
from integrations.works.permissions import can_name_keepers
from integrations.works.services.member_works import member_event
from members.actors import Actor
from members.errors import StaleVersion
from members.models import Event, Member


@transaction.atomic
def set_policy(
    *, member_id: int, version: int, on_unpublish: str, validate_first: bool, by: Actor
) -> WorksPolicy:
    """State it. What was un-published before stays as it is.

    Raises `PermissionDenied` for all but the member's own contacts, `StaleVersion` (H2).
    """
    member = Member.objects.lock(member_id)
    if not can_name_keepers(by, member):
        raise PermissionDenied
    policy = WorksPolicy.objects.filter(pk=member_id).first() or WorksPolicy(member=member)
    if policy.version != version:
        changes = Event.objects.filter(member=member, kind=Event.Kind.WORKS_POLICY_CHANGED)
        since = changes.since_version("policy_version", version)
        raise StaleVersion(version=policy.version, events=list(since))
    wanted = {"on_unpublish": on_unpublish, "validate_first": validate_first}
    fields = {
        name: [getattr(policy, name), value]
        for name, value in wanted.items()
        if getattr(policy, name) != value
    }
    if not fields:
        return policy
    policy.on_unpublish, policy.validate_first = on_unpublish, validate_first
    policy.version += 1
    policy.save()
    Event.append(
        member_event(
            Event.Kind.WORKS_POLICY_CHANGED,
            member.pk,
            by,
            fields=fields,
            policy_version=policy.version,
        )
    )
    return policy

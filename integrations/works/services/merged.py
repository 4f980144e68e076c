"""Two members have become one (ADR 34): works and their keepers go on with the kept one."""

from django.utils import timezone

from integrations.works.models import Keeper, MemberWork, PermissionRequest, WorksPolicy


def take_over(*, kept_id: int, dropped_id: int) -> None:
    """Inside the caller's transaction, which locked both members.

    Permissions stay with the member that people gave them to, and end with its membership (O2):
    nobody is pushed for by an institution they have not chosen. What it still asked for is withdrawn.
    """
    MemberWork.objects.filter(member=dropped_id).update(member=kept_id)
    _keepers(kept_id, dropped_id)
    policy = WorksPolicy.objects.filter(member=dropped_id)
    if not WorksPolicy.objects.filter(member=kept_id).exists():
        policy.update(member=kept_id)
    policy.delete()
    PermissionRequest.objects.open().filter(member=dropped_id).update(
        closed_at=timezone.now(), outcome=PermissionRequest.Status.WITHDRAWN
    )


def _keepers(kept_id: int, dropped_id: int) -> None:
    """One place for each person, and for each address."""
    here = list(Keeper.objects.current().filter(member=kept_id))
    people, addresses = {row.orcid for row in here}, {row.email.lower() for row in here}
    for row in Keeper.objects.current().filter(member=dropped_id):
        is_here = (row.orcid and row.orcid in people) or row.email.lower() in addresses
        if is_here:
            row.removed_at, row.token_hash, row.expires_at = timezone.now(), None, None
        row.member_id = kept_id
        row.save()

from integrations.works.models.asks import PermissionRequest
from integrations.works.models.grants import Grant
from integrations.works.models.member_works import (
    Authorship,
    DraftMark,
    Keeper,
    MemberWork,
    WorksPolicy,
)
from integrations.works.models.pulls import Pull
from integrations.works.models.works import Work

__all__ = [
    "Authorship",
    "DraftMark",
    "Grant",
    "Keeper",
    "MemberWork",
    "PermissionRequest",
    "Pull",
    "Work",
    "WorksPolicy",
]

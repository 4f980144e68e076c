"""Who acts: every service takes one as `by`, every event names it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from members.models import Event

if TYPE_CHECKING:
    from contacts.models import User


@dataclass(frozen=True)
class Reach:
    """How far one API token reaches: a member, or a consortium as its desk sees it.

    `can_write` is what the token may do at best; each service judges its person as well.
    """

    token_id: int
    member_id: int | None = None
    consortium_id: int | None = None
    can_write: bool = False


@dataclass(frozen=True)
class Actor:
    """A person (or nobody, for imports and the system) in one capacity.

    Staff flags open nothing by themselves: the admin alone makes operators.
    """

    user: "User | None"
    capacity: Event.Capacity
    # Set for a token alone: it never reaches further than its person, nor than this.
    reach: Reach | None = None

    @classmethod
    def contact(cls, user: "User") -> Self:
        return cls(user, Event.Capacity.CONTACT)

    @classmethod
    def lead(cls, user: "User") -> Self:
        """From the lead desk: each service asks whether as reader or as manager."""
        return cls(user, Event.Capacity.LEAD)

    @classmethod
    def token(cls, user: "User", reach: Reach) -> Self:
        """A system that acts for a person, with their API token."""
        return cls(user, Event.Capacity.TOKEN, reach)

    @classmethod
    def operator(cls, user: "User") -> Self:
        return cls(user, Event.Capacity.OPERATOR)

    @classmethod
    def importer(cls, user: "User | None" = None) -> Self:
        return cls(user, Event.Capacity.IMPORT)

    @classmethod
    def system(cls) -> Self:
        return cls(None, Event.Capacity.SYSTEM)

    @property
    def is_operator(self) -> bool:
        return self.capacity == Event.Capacity.OPERATOR

    @property
    def is_trusted(self) -> bool:
        """Whether the contacts' own rules do not bind it: operator, import, system."""
        return self.capacity in {
            Event.Capacity.OPERATOR,
            Event.Capacity.IMPORT,
            Event.Capacity.SYSTEM,
        }

    def may_change(self, member_id: int) -> bool:
        """False for a token that is read-only or not that member's. Their person is judged apart."""
        reach = self.reach
        return reach is None or (reach.can_write and reach.member_id == member_id)

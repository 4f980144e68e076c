"""Where allauth meets this portal: who may sign in, as whom, and what it mails."""

from contacts.adapters.account import AccountAdapter
from contacts.adapters.social import SocialAccountAdapter

__all__ = ["AccountAdapter", "SocialAccountAdapter"]

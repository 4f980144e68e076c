"""What this provider says about its people; and what it may be told to get wrong."""

from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter

# username → claims; and what overrides the truth in id_token, userinfo.
PEOPLE: dict[str, dict[str, Any]] = {}
WRONG: dict[str, dict[str, Any]] = {"id_token": {}, "userinfo": {}}


class Adapter(DefaultOIDCAdapter):
    def get_user_sub(self, client: Any, user: Any) -> str:
        return f"sub-{user.username}"

    def get_claims(self, purpose: str, user: Any, client: Any, scopes: Any, **more: Any) -> Any:
        claims = {"sub": self.get_user_sub(client, user)}
        if purpose == "userinfo":
            claims |= PEOPLE[user.username]
        return claims | WRONG[purpose]

    def get_user_by_sub(self, client: Any, sub: str) -> Any:
        from django.contrib.auth import get_user_model  # noqa: PLC0415  # needs the apps

        return get_user_model().objects.filter(username=sub.removeprefix("sub-")).first()

    def populate_id_token(
        self, id_token: dict[str, Any], client: Any, scopes: Any, **more: Any
    ) -> None:
        id_token.update(WRONG["id_token"])

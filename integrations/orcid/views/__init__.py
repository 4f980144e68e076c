from integrations.orcid.views.sign_in import (
    FRESH_SESSION_KEY,
    oauth2_callback,
    oauth2_login,
    signed_in_freshly,
)

__all__ = ["FRESH_SESSION_KEY", "oauth2_callback", "oauth2_login", "signed_in_freshly"]

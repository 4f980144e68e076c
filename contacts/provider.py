"""Where allauth looks for this app's providers (`<app>.provider`)."""

from contacts.elsewhere.providers import provider_classes as elsewhere
from contacts.institutional.oidc import InstitutionOidcProvider
from contacts.institutional.saml import InstitutionSamlProvider

provider_classes = [InstitutionOidcProvider, InstitutionSamlProvider, *elsewhere]

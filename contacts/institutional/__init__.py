"""Sign-in through institutions, by OpenID Connect or SAML 2.0: what allauth needs of each."""

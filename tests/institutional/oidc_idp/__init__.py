"""An OpenID provider to sign in through: django-allauth's, in a small project of its own.

`python -m tests.institutional.oidc_idp FOLDER` serves it on a free port of this computer.
"""

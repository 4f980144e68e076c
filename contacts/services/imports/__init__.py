"""The switch-over: contacts that a lead holds in a file become invitations (ADR 0030).

`plan` reads and judges, `applying` stores, `sending` mails; nothing is mailed before that.
"""

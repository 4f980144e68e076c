"""The demo consortium of `make run`: fictional organisations and people, loaded by the services."""

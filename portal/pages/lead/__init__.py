"""The lead's workspace, what draws on several rooms: overview, members, contacts, invitations."""

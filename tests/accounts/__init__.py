"""A person's own account: ways in, second factor, sessions, and what tells of changes."""

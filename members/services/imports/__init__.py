"""Members out of a file: `plan` says what would change, `applying` does that (ADR 0015)."""

"""Running, checking and deploying: what operators and newcomers meet."""

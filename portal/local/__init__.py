"""`make run`: the portal with everything around it, on one computer, for trying and developing."""

"""The REST API: HTTP on one side, `Studio` on the other."""

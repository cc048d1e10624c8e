"""What the window, the triage desk and the caller do to a case. Each function is one act."""

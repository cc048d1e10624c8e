"""What is done in a mediation. Each function is one act, in one transaction."""

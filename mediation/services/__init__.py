"""What can be done in a mediation. A room each."""

"""The writes of mediation, a room each."""

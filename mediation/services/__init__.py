"""What people do in a mediation. One module per room."""

"""What the papers of a mediation say. Pure: a proceeding with its rows in, words out."""

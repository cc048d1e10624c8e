"""The writes of the grids, a room each."""

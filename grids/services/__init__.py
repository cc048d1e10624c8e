"""What people do with the grids: each function one act, in one transaction."""

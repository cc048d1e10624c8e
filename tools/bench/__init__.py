"""The bench (`make bench`): ours, a peer and a floor, side by side in one run."""

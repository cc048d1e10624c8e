"""The dictionary of indicators: each defined once, counted by one function, with its list."""

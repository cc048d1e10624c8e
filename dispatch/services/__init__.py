"""Who must act: dispatching, handling, supervising, asking, moving. Each function is one act."""

"""What the papers of dispatching say. Pure: facts in, words out; `dispatch.papers` loads them."""

"""The verbs' halves for models of graphs."""

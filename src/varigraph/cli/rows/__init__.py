"""The verbs' halves for models of vectors and images."""

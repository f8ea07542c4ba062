"""Links: from latent vectors to the best missing links and their probabilities, over all pairs in blocks."""

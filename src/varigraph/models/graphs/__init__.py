"""Models of graphs: GAE and VGAE, from a graph to parts, and from latent vectors to links."""

"""The page on which a person sees the simulated cloud, and makes things go wrong in it."""

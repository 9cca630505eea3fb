"""Hot issues and repair projects for people: the same rights and use cases as the API, as pages."""

"""Pages for people, with the rights and use cases of the API."""

"""The look that every service's pages share: language, templates, login, forms and errors in words.

Server-rendered and without script: a page is its HTML and nothing else is fetched.
"""

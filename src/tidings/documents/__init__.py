"""The nouns: plain pydantic, no database, no web."""

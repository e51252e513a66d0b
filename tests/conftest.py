"""Fixtures that every room shares: a clean environment, a real mongod, storage engines, the application, a site."""

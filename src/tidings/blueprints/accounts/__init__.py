from tidings.blueprints.accounts.views import blueprint

__all__ = ["blueprint"]

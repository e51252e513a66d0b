from tidings.blueprints.admin.views import blueprint

__all__ = ["blueprint"]

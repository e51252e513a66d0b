from tidings.blueprints.posts.views import blueprint

__all__ = ["blueprint"]

"""Something to look at: a few people, what they wrote in the last days, and who follows whom."""

from tidings.demo.filling import fill

__all__ = ["fill"]

"""Who is asking: the only room that knows Quart-Auth."""

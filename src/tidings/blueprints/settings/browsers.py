"""What a browser says of itself, in words: a guess from its User-Agent, and no more than that."""

__all__ = ["describe"]

# The first that is found counts: most browsers also claim to be those further down.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "a Mac"),
    ("Linux", "Linux"),
)
MAX_CHARACTERS = 40


def describe(user_agent: str) -> str:
    """ "Firefox on Linux"; what is unknown is called as it calls itself."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    if browser is not None:
        return f"{browser} on {system}" if system is not None else browser
    own = "".join(character for character in user_agent if character.isprintable()).strip()
    if not own:
        return "Something that does not say what it is"
    return own if len(own) <= MAX_CHARACTERS else own[: MAX_CHARACTERS - 1].rstrip() + "…"

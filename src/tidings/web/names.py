"""What a user name may be."""

import re

__all__ = ["MAX_NAME", "name_problem"]

MAX_NAME = 30
FORM = re.compile(r"[A-Za-z][A-Za-z0-9_.]*", re.ASCII)

# Names that would pass for the site itself or for one of its addresses.
RESERVED = frozenset(
    word
    for words in (
        "about abuse account accounts admin administrator anonymous api app apps assets auth authorize avatar",
        "avatars blog confirm contact css demo docs drafts everybody everyone explore favicon.ico federation",
        "feed feeds follow followers following guest hashtag healthz help home hostmaster images img inbox",
        "info instance invite js legal live local login logout mail media metrics mod moderation moderator",
        "moderators new nobody nodeinfo notifications null oauth official owner post posts postmaster preview",
        "privacy public readyz register reset robots.txt root rss search security security.txt settings setup",
        "share signin signup site sitemap staff static status styleguide support system tag tags team terms",
        "tidings timeline timelines undefined unfollow user users webmaster welcome www",
    )
    for word in words.split()
)


def name_problem(name: str) -> str | None:
    """What keeps `name` from being a user name, as a sentence; None where nothing does."""
    if len(name) > MAX_NAME:
        return f"Please use at most {MAX_NAME} characters."
    if FORM.fullmatch(name) is None:
        return "A name begins with a letter and has only letters (a to z), digits, dots and underscores."
    # An address such as /@ada.atom is a feed, and a dot at the end of a link is taken for the end of a sentence.
    if name.endswith(".") or name.lower().endswith(".atom"):
        return "A name cannot end with a dot or with .atom."
    if name.lower() in RESERVED:
        return "This name is needed by the site itself. Please choose another."
    return None

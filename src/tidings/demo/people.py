"""Who lives in the demo, and who follows whom."""

from dataclasses import dataclass

from tidings.documents.user import Role

__all__ = ["FOLLOWS", "PEOPLE", "Person"]


@dataclass(frozen=True, slots=True)
class Person:
    """`days` ago they joined."""

    username: str
    name: str
    location: str
    about: str
    days: int
    role: Role = Role.USER


PEOPLE = (
    Person(
        "ada",
        "Ada Brandt",
        "Husum",
        "Keeps the lights on: lighthouses, servers, this site. Tide tables before breakfast.",
        400,
        Role.ADMINISTRATOR,
    ),
    Person(
        "mirek",
        "Mirek Sova",
        "Brno",
        "Bakes at night, programs by day. Both are about *waiting for the right moment*.",
        210,
    ),
    Person("noor", "Noor Haddad", "Rotterdam", "Cycles to bridges and draws them. Structural engineer.", 180),
    Person("tomasz", "Tomasz Wilk", "Gdynia", "Radio amateur. Listens more than he sends. 73!", 95, Role.MODERATOR),
    Person(
        "ines", "Inês Duarte", "Porto", "Translator of other people's sentences, collector of untranslatable ones.", 60
    ),
    Person("juno", "Juno", "", "New here. Mostly plants.", 9),
)

FOLLOWS = (
    ("ada", "mirek"),
    ("ada", "noor"),
    ("ada", "tomasz"),
    ("ada", "ines"),
    ("mirek", "ada"),
    ("mirek", "ines"),
    ("noor", "ada"),
    ("noor", "mirek"),
    ("noor", "ines"),
    ("tomasz", "ada"),
    ("tomasz", "noor"),
    ("ines", "noor"),
    ("ines", "mirek"),
    ("ines", "ada"),
    ("juno", "ada"),
    ("juno", "ines"),
)

"""Whoever is signed out by a new password or another address loses the live sockets too."""

from urllib.parse import urlsplit

from tests.letters import Letters
from tests.visitors import Person, Site


async def link_of(site: Site, email: str, beyond: int) -> str:
    return urlsplit(Letters.link(await site.letters.newest_to(email, beyond=beyond))).path


async def test_a_reset_password_closes_every_socket_of_its_person(site: Site):
    ada, ben = await site.sign_up(), await site.sign_up()
    other = Person(site, ada.name, ada.email)
    await other.sign_in()
    mine = [await site.live(ada), await site.live(other)]
    theirs = await site.live(ben)
    for socket in (*mine, theirs):
        await socket.subscribe("public")
    await site.visitor().post("/reset", {"email": ada.email})
    link = await link_of(site, ada.email, beyond=1)
    assert (await site.visitor().post(link, {"password": "a new sentence"})).status == 303
    assert [await socket.closed() for socket in mine] == [4001, 4001]
    assert (await theirs.ping())[-1]["op"] == "pong"


async def test_another_address_closes_the_sockets_of_the_other_sessions(site: Site):
    ada = await site.sign_up()
    other = Person(site, ada.name, ada.email)
    await other.sign_in()
    mine, elsewhere = await site.live(ada), await site.live(other)
    for socket in (mine, elsewhere):
        await socket.subscribe("public")
    email = f"{ada.name}@example.net"
    await ada.post("/settings/email", {"email": email, "password": ada.password})
    assert (await ada.post(await link_of(site, email, beyond=0))).status == 303
    assert await elsewhere.closed() == 4001
    assert (await other.get("/settings/profile")).status == 303
    # The one who pressed the button is signed in still, under a new id: the page comes back with that.
    assert await mine.closed() == 4001
    assert (await ada.get("/settings/profile")).status == 200
    assert (await (await site.live(ada)).subscribe("home"))["op"] == "subscribed"

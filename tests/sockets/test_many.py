"""Two hundred accounts at once, as a busy evening has them."""

import asyncio

import pytest

from tests.visitors import Person, Site

PEOPLE = 200


@pytest.mark.timeout(300)  # four hundred slow hashes, on however many cores there are
async def test_two_hundred_people_hear_of_one_post(site: Site):
    author = await site.sign_up()
    doors = asyncio.Semaphore(16)

    async def arrive() -> Person:
        async with doors:
            person = await site.sign_up()
            await person.follow(author)
            return person

    people = await asyncio.gather(*(arrive() for _ in range(PEOPLE)))
    sockets = await asyncio.gather(*(site.live(person) for person in people))
    for socket in sockets:
        assert (await socket.subscribe("home"))["op"] == "subscribed"
    assert len({socket.worker for socket in sockets}) == 2, "both processes have their share"
    async with asyncio.timeout(10):
        ids = [await author.publish(f"{number}") for number in range(5)]
        heard = await asyncio.gather(*(socket.events_until(ids[-1]) for socket in sockets))
    assert all([event["id"] for event in events] == [str(post_id) for post_id in ids] for events in heard)
    page = await site.visitor().get(f"/@{author.name}/followers")
    assert f"{PEOPLE}" in (await site.visitor().get(f"/@{author.name}")).text
    assert len([link for link in page.links() if "?before=" in link]) == 1

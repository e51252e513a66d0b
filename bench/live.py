"""The live path under load: delivery, replay, memory for each open socket, and what a thousand idle ones cost.

    python -m bench.live [--posts 100] [--idle 1000]

Starts servers of its own on 127.0.0.1 with databases of their own, and ends them.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path
from time import monotonic

import psutil

from bench.numbers import percentile, tell
from tests.live import LiveSocket
from tests.people import PASSWORD, make_follow, make_user
from tests.running import Server
from tests.visitors import Person, Site
from tidings.auth.passwords import CHEAP, Passwords
from tidings.repositories import open_storage
from tidings.server.mongod import EmbeddedMongod
from tidings.settings import read_settings

READERS = 200
POSTS_A_SECOND = 5
MISSED = 1_000
FOLLOWS = 50
SOCKETS_A_PERSON = 20
IDLE_SECONDS = 20


async def delivery(site: Site, posts: int) -> None:
    """200 open sockets, 5 posts a second: from the form's POST until the frame is read."""
    author = await site.sign_up()
    sockets = await asyncio.gather(*(site.live() for _ in range(READERS)))
    for socket in sockets:
        await socket.subscribe("public")
    sent: dict[str, float] = {}
    took: list[float] = []

    async def read(socket: LiveSocket) -> None:
        for _ in range(posts):
            event = await socket.next_frame(timeout=60)
            number = event["html"].split("number-", 1)[1].split("<", 1)[0].split("-", 1)[0]
            took.append((monotonic() - sent[number]) * 1000)

    readers = [asyncio.create_task(read(socket)) for socket in sockets]
    begin = monotonic()
    for number in range(posts):
        await asyncio.sleep(max(0.0, begin + number / POSTS_A_SECOND - monotonic()))
        sent[str(number)] = monotonic()
        await author.publish(f"number-{number}-")
    await asyncio.gather(*readers)
    print(f"{READERS} sockets, {posts} posts, {POSTS_A_SECOND} a second, {len(took)} deliveries")
    tell("  from POST to frame, p50", percentile(took, 0.5), "ms", 150)
    tell("  from POST to frame, p99", percentile(took, 0.99), "ms", 1000)


async def replay(site: Site) -> None:
    """A reader who missed 1,000 events comes back."""
    authors = [await site.sign_up() for _ in range(5)]
    socket = await site.live()
    position = (await socket.subscribe("public"))["position"]
    await socket.close()

    async def write(author: Person) -> None:
        for number in range(MISSED // len(authors)):
            await author.publish(f"missed {number}")

    await asyncio.gather(*(write(author) for author in authors))
    again = await site.live(not_worker=socket.worker)
    begin = monotonic()
    answer = await again.subscribe("public", position)
    frames = await again.until_op("current", timeout=60)
    took = monotonic() - begin
    assert answer["recovered"], answer
    assert len(frames) == MISSED + 1, len(frames)
    tell(f"replay of {MISSED} missed events", took * 1000, "ms", 2000)


async def people_with_follows(url: str, number: int) -> list[str]:
    """Accounts straight into the database, each following 50 others: what they cost to make is not measured here."""
    storage = open_storage(read_settings(_env_file=None, database_url=url))
    await storage.open()
    hashed = await Passwords(CHEAP).hash(PASSWORD)
    people = [make_user(f"reader{n}", password_hash=hashed) for n in range(number)]
    stars = [make_user(f"star{n}", password_hash=hashed) for n in range(FOLLOWS)]
    for person in people + stars:
        await storage.users.add(person)
    for person in people:
        for star in stars:
            await storage.follows.add(make_follow(person, star))
    await storage.close()
    return [person.username for person in people]


async def idle(server: Server, database_url: str, number: int) -> None:
    """Signed-in sockets on one worker that subscribe to home and then say nothing."""
    names = await people_with_follows(database_url, -(-number // SOCKETS_A_PERSON))
    [worker] = [psutil.Process(pid) for pid in server.pids]
    async with Site(server.url, server.letters) as site:
        people = [Person(site, name, f"{name}@example.org") for name in names]
        for person in people:
            await person.sign_in()
            await person.get("/")
        before = worker.memory_info().rss
        opened = 0
        for person in people:
            count = min(SOCKETS_A_PERSON, number - opened)
            for socket in await asyncio.gather(*(site.live(person, ping_interval=None) for _ in range(count))):
                assert (await socket.subscribe("home"))["op"] == "subscribed"
                opened += 1
        after = worker.memory_info().rss
        spent = sum(worker.cpu_times()[:2])
        await asyncio.sleep(IDLE_SECONDS)
        spent = sum(worker.cpu_times()[:2]) - spent
        print(f"{opened} sockets of {len(people)} people on one worker, {FOLLOWS} follows each, subscribed to home")
        tell("  growth of the worker for each socket", (after - before) / opened / 1024, "kB", 60)
        tell("  the worker in all", after / 1024**2, "MB", 250)
        tell(f"  of one core, idle for {IDLE_SECONDS} s", spent / IDLE_SECONDS * 100, "%", 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=100, help="posts of the first measurement")
    parser.add_argument("--idle", type=int, default=1000, help="sockets of the last one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        server = Server(Path(folder) / "two", workers=2)
        server.start()
        try:
            asyncio.run(first(server, options.posts))
        finally:
            server.stop()
        with EmbeddedMongod(Path(folder) / "database") as mongod:
            settings = {"TIDINGS_DATABASE_URL": mongod.url, "TIDINGS_SECRET_KEY": "for this measurement alone"}
            server = Server(Path(folder) / "one", workers=1, settings=settings)
            server.start()
            try:
                asyncio.run(idle(server, mongod.url, options.idle))
            finally:
                server.stop()


async def first(server: Server, posts: int) -> None:
    async with Site(server.url, server.letters) as site:
        await delivery(site, posts)
        await replay(site)


if __name__ == "__main__":
    main()

"""What is done to people from a shell, or by one process, reaches open sockets of every process."""

import asyncio

from tests.people import PASSWORD
from tests.running import Server
from tests.shell import tidings
from tests.visitors import Site


async def test_a_suspension_from_the_shell_reaches_both_processes(server: Server, site: Site):
    ada, ben = await site.sign_up(), await site.sign_up()
    await ben.follow(ada)
    post_id = await ada.publish("Here I am.")
    here = await site.live(ben)
    there = await site.live(ben, not_worker=here.worker)
    mine = await site.live(ada)
    theirs = await site.live(ada, not_worker=mine.worker)
    for socket in (here, there):
        await socket.subscribe("home")
    await asyncio.gather(mine.subscribe("public"), theirs.subscribe("public"))
    assert "is suspended now" in await tidings(server, "user", "suspend", ada.name)
    for socket in (here, there):
        frame = await socket.next_frame()
        assert (frame["name"], "html" in frame) == ("person.removed", False)
    for socket in (mine, theirs):
        assert await socket.closed() == 4001
    assert (await ben.get("/")).post_ids == []
    assert (await ben.get(f"/@{ada.name}/{post_id}")).status == 404
    assert (await ada.login(ada.name)).status == 422
    await tidings(server, "user", "restore", ada.name)
    for socket in (here, there):
        assert (await socket.next_frame())["name"] == "person.restored"
    assert (await ben.get("/")).post_ids == [post_id]


async def test_another_password_from_the_shell_ends_sockets_on_both_processes(server: Server, site: Site):
    ada = await site.sign_up()
    mine = await site.live(ada)
    theirs = await site.live(ada, not_worker=mine.worker)
    said = await tidings(server, "user", "password", ada.name)
    for socket in (mine, theirs):
        assert await socket.closed() == 4001
    assert (await ada.get("/posts/new")).location.startswith("/login")
    assert (await ada.login(ada.name, PASSWORD)).status == 422
    assert (await ada.login(ada.name, said.rsplit(" ", 1)[1].strip())).status == 303


async def test_a_farewell_reaches_the_other_process_and_leaves_no_text_in_its_window(site: Site):
    ada, ben = await site.sign_up(), await site.sign_up()
    first = await site.live(ben)
    position = (await first.subscribe("public"))["position"]
    other = await site.live(ben, not_worker=first.worker)
    await other.subscribe("public")
    post_id = await ada.publish("Words to be forgotten.")
    await first.events_until(post_id)
    await other.events_until(post_id)
    assert (await ada.post("/settings/delete", {"password": PASSWORD})).status == 303
    for socket in (first, other):
        frames = await socket.until(lambda frame: frame.get("name") == "person.removed")
        assert frames[-1]["op"] == "event"
    for worker in (first.worker, other.worker):
        late = await site.live(ben, worker=worker)
        assert (await late.subscribe("public", position))["recovered"] is True
        frames = await late.until_op("current")
        assert "forgotten" not in str(frames)
        assert frames[-2]["name"] == "person.removed"

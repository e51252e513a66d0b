"""Administration: who may, what it changes, what it leaves behind, and that nobody locks everybody out."""

from typing import Any

import pytest

from tests.page import Page, text_of
from tests.people import PASSWORD, make_user
from tests.visitors import Person, Site
from tidings.parts import EXTENSION

ADMIN = pytest.mark.settings(admin_email="boss@example.org")
pytestmark = ADMIN


@pytest.fixture
async def boss(site: Site) -> Person:
    """Who confirms the configured address."""
    return await site.sign_up("boss")


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("Ada")


async def promoted(boss: Person, person: Person, role: str) -> None:
    page = await boss.post(f"/admin/users/{person.name}", {"role": role})
    assert page.status == 303, page.errors


def rows(page: Page) -> list[str]:
    """All but the oldest, which says how boss became administrator."""
    said = [text_of(item) for item in page.all("li", data_entry=None)]
    assert said.pop().startswith("boss gave another role to boss")
    return said


def names(page: Page) -> list[str]:
    links = [link.removeprefix("/admin/users/") for link in page.links() if link.startswith("/admin/users/")]
    return list(dict.fromkeys(links))


PAGES = ["/admin/users", "/admin/users/Ada", "/admin/audit"]
ACTS = ["/admin/users/Ada", "/admin/users/Ada/suspend", "/admin/users/Ada/restore"]


async def test_who_confirms_the_configured_address_administers(site: Site, ada: Person):
    boss = Person(site, "boss", "BOSS@example.org")
    await boss.register(boss.name, boss.email)
    await boss.sign_in()
    assert (await boss.get("/admin/users")).location == "/confirm", "to own the address comes first"
    await boss.confirm("boss@example.org")
    await boss.sign_in()
    assert (await boss.get("/admin/users")).status == 200
    assert (await ada.get("/admin/users")).status == 403


@pytest.mark.parametrize("role", ["user", "moderator"])
async def test_only_administrators_administer(site: Site, boss: Person, ada: Person, role: str):
    ben = await site.sign_up("ben")
    await promoted(boss, ben, role)
    for path in PAGES:
        assert (await ben.get(path)).status == 403
        assert (await site.visitor().get(path)).location.startswith("/login?next=")
    for path in ACTS:
        assert (await ben.post(path, {"role": "administrator"})).status == 403
        assert (await site.visitor().post(path)).location.startswith("/login")
    assert (await boss.get("/admin/users/Ada")).field("role") == "user"
    assert (await boss.get("/admin/audit")).status == 200


async def test_the_way_there_is_shown_to_those_who_may(boss: Person, ada: Person):
    assert "/admin/users" in (await boss.get("/")).links()
    assert "/admin/users" not in (await ada.get("/")).links()


async def test_everything_the_form_names_is_changed(site: Site, boss: Person, ada: Person):
    form = {
        "email": "countess@example.org",
        "username": "Lovelace",
        "role": "moderator",
        "confirmed": "1",
        "name": "Ada Lovelace",
        "location": "London",
        "about": "I *count*.",
    }
    page = await boss.post("/admin/users/ada", form)
    assert (page.status, page.location) == (303, "/admin/users/Lovelace")
    page = await boss.get(page.location)
    assert {name: page.field(name) for name in form} == form
    profile = await site.visitor().get("/@Lovelace")
    assert "Ada Lovelace" in profile.text
    assert "<em>count</em>" in profile.text
    assert (await ada.get("/posts/new")).status == 303, "another address ends the sessions"
    for identifier in ("Lovelace", "countess@example.org"):
        assert (await site.visitor().login(identifier, PASSWORD)).status == 303
    for identifier in ("Ada", "ada@example.org"):
        assert (await site.visitor().login(identifier, PASSWORD)).status == 422


async def test_what_is_not_sent_stays_as_it_is(boss: Person, ada: Person):
    await boss.post("/admin/users/Ada", {"name": "Ada L.", "about": "Hi."})
    await promoted(boss, ada, "moderator")
    page = await boss.get("/admin/users/Ada")
    assert [page.field(name) for name in ("name", "about", "role", "confirmed")] == ["Ada L.", "Hi.", "moderator", "1"]
    assert (await ada.get("/posts/new")).status == 200, "nothing that ends a session was changed"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"username": "boss"}, "username"),
        ({"username": "BOSS"}, "username"),
        ({"username": "admin"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": "../x"}, "username"),
        ({"email": "boss@example.org"}, "email"),
        ({"email": "BOSS@EXAMPLE.ORG"}, "email"),
        ({"email": "nowhere"}, "email"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "email"),
        ({"role": "owner"}, "role"),
        ({"role": "31"}, "role"),
        ({"confirmed": "perhaps"}, "confirmed"),
        ({"name": "x" * 65}, "name"),
        ({"location": "x" * 65}, "location"),
        ({"about": "x" * 2001}, "about"),
        ({"about": ">" * 2000}, "about"),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field(boss: Person, ada: Person, form: dict[str, str], field: str):
    await boss.get("/")  # the notices of signing up are read
    before = (await boss.get("/admin/users/Ada")).text
    page = await boss.post("/admin/users/Ada", form)
    assert page.status == 422
    assert list(page.errors) == [field]
    answer = await boss.post("/admin/users/Ada", form, headers={"Accept": "application/json"})
    assert (answer.status, list(answer.json()["fields"])) == (422, [field])
    assert (await boss.get("/admin/users/Ada")).text == before


async def test_an_old_name_leads_to_the_new_one_and_is_nobody_elses(site: Site, boss: Person, ada: Person):
    post_id = await ada.publish("Before.")
    await boss.post("/admin/users/Ada", {"username": "lovelace"})
    stranger = site.visitor()
    for old in ("Ada", "ada"):
        page = await stranger.get(f"/@{old}?before=9")
        assert (page.status, page.location) == (301, "/@lovelace?before=9")
        page = await stranger.get(f"/@{old}/followers")
        assert (page.status, page.location) == (301, "/@lovelace/followers")
        page = await stranger.get(f"/@{old}/{post_id}")
        assert (page.status, page.location) == (301, f"/@lovelace/{post_id}")
        assert (await stranger.register(old, "new@example.org")).errors.keys() == {"username"}
    page = await stranger.get(f"/@lovelace/{post_id}")
    assert page.status == 200
    assert "@Ada" not in page.text
    assert (await boss.post("/admin/users/boss", {"username": "Ada"})).errors.keys() == {"username"}
    assert (await ada.publish("After.")) > post_id
    assert (await boss.post("/admin/users/Ada", {"username": "Ada"})).location == "/admin/users/Ada", "its owner may"


async def test_a_suspended_person_is_nowhere_and_comes_back_whole(site: Site, boss: Person, ada: Person):
    ben = await site.sign_up("ben")
    await ben.follow(ada)
    await ada.follow(ben)
    post_id = await ada.publish("Here I am.")
    places = ["/", "/public", "/@ben/followers", "/@ben/following", f"/@Ada/{post_id}", "/@Ada", "/@Ada/followers"]
    before = [await ben.get(path) for path in places]
    page = await boss.post("/admin/users/Ada/suspend")
    assert (page.status, page.location) == (303, "/admin/users/Ada")
    for path in ("/", "/public", "/@ben/followers", "/@ben/following"):
        page = await ben.get(path)
        assert page.status == 200
        assert page.post_ids == []
        assert "Here I am" not in page.text
        assert "/@Ada" not in page.links()
    for path in (f"/@Ada/{post_id}", "/@Ada", "/@Ada/followers", "/@Ada/following", f"/posts/{post_id}/edit"):
        assert (await ben.get(path)).status == 404
    for path in ("/@Ada/follow", "/@Ada/unfollow"):
        assert (await ben.post(path)).status == 404
    assert (await ada.get("/posts/new")).location.startswith("/login")
    assert (await ada.post("/posts", {"source": "Still here."})).location.startswith("/login")
    assert (await site.visitor().login("Ada", PASSWORD)).status == 422
    assert (await boss.get(f"/@Ada/{post_id}")).status == 200, "who judges must be able to read"
    await boss.post("/admin/users/Ada/restore")
    after = [await ben.get(path) for path in places]
    assert [page.post_ids for page in after] == [page.post_ids for page in before]
    assert [page.status for page in after] == [200] * len(places)
    assert "/@Ada" in after[2].links()
    assert (await ada.get("/posts/new")).location.startswith("/login"), "old sessions stay dead"
    await ada.sign_in()
    await ada.publish("Back.")


async def test_to_suspend_or_restore_twice_is_no_error_and_one_row(site: Site, boss: Person, ada: Person):
    for verb in ("restore", "suspend", "suspend", "restore", "restore"):
        assert (await boss.post(f"/admin/users/Ada/{verb}")).status == 303
    actions = [item.attrib["data-action"] for item in (await boss.get("/admin/audit")).all("li", data_entry=None)]
    assert actions == ["person.restored", "person.suspended", "person.promoted"]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/admin/users/boss", {"role": "user"}),
        ("/admin/users/boss", {"role": "moderator", "name": "Boss"}),
        ("/admin/users/boss", {"confirmed": "0"}),
        ("/admin/users/boss/suspend", {}),
    ],
)
async def test_the_last_administrator_stays(site: Site, boss: Person, ada: Person, path: str, form: dict[str, str]):
    page = await boss.post(path, form)
    assert page.status == 422
    assert "only administrator" in page.text
    if path.endswith("suspend"):
        assert "This cannot be done" in page.text
        assert "Something is missing" not in page.text
    assert (await boss.get("/admin/users")).status == 200
    assert rows(await boss.get("/admin/audit")) == []
    await promoted(boss, ada, "administrator")
    assert (await boss.post(path, form)).status == 303
    assert (await ada.get("/admin/users")).status == 200
    assert (await boss.get("/admin/users")).status != 200


async def test_who_is_no_moderator_any_more_signs_in_again(site: Site, boss: Person, ada: Person):
    await promoted(boss, ada, "moderator")
    assert (await ada.get("/posts/new")).status == 200
    await promoted(boss, ada, "user")
    assert (await ada.get("/posts/new")).location.startswith("/login")


async def test_every_act_leaves_a_row_that_names_who_whom_and_what(site: Site, boss: Person, ada: Person):
    post_id, other = await ada.publish("One."), await ada.publish("Two.")
    await boss.post("/admin/users/Ada", {"username": "lovelace", "role": "moderator", "email": "l@example.org"})
    await boss.post("/admin/users/lovelace/suspend")
    await boss.post("/admin/users/lovelace/restore")
    await boss.edit(post_id, "One, said better.")
    await boss.remove(other)
    page = await boss.get("/admin/audit")
    said = rows(page)
    assert [row.split("lovelace")[0].split("Ada")[0].strip() for row in said] == [
        "boss removed a post by",
        "boss edited a post by",
        "boss restored",
        "boss suspended",
        "boss edited",
    ]
    assert "Ada: now called lovelace, user became moderator, another address." in said[-1]
    assert "l@example.org" not in page.text, "an address is nobody's business in a log"
    assert "2026" in said[0] or "20" in said[0]


async def test_what_changes_nothing_leaves_no_row(boss: Person, ada: Person):
    page = await boss.get("/admin/users/Ada")
    same = {name: page.field(name) for name in ("email", "username", "role", "confirmed", "name", "location", "about")}
    assert (await boss.post("/admin/users/Ada", same)).status == 303
    await ada.remove(await ada.publish())
    assert rows(await boss.get("/admin/audit")) == []
    assert (await ada.get("/posts/new")).status == 200


async def test_people_are_searched_by_name_and_address_and_paged(site: Site, boss: Person, app: Any):
    storage = app.extensions[EXTENSION].storage
    for number in range(55):
        await storage.users.add(
            make_user(f"p{number:02}", email=f"{number:02}@{'odd' if number % 2 else 'even'}.example")
        )
    first = await boss.get("/admin/users")
    assert names(first)[:2] == ["p54", "p53"]
    assert len(names(first)) == 50
    older = next(link for link in first.links() if "before=" in link)
    assert names(await boss.get(older)) == ["p04", "p03", "p02", "p01", "p00", "boss"]
    assert names(await boss.get("/admin/users?q=P5")) == ["p54", "p53", "p52", "p51", "p50"]
    odd = await boss.get("/admin/users", params={"q": "@ODD.ex"})
    assert len(names(odd)) == 27
    assert not [link for link in odd.links() if "before=" in link]
    everybody = await boss.get("/admin/users", params={"q": "example"})
    older = next(link for link in everybody.links() if "before=" in link)
    assert names(await boss.get(older)) == ["p04", "p03", "p02", "p01", "p00", "boss"]


@pytest.mark.parametrize("text", [".*", "(", "\\", "$ne", "<script>", "\x00", "\ud83d", "a" * 5000, "{'$gt': ''}", "%"])
async def test_odd_searches_find_nobody_and_break_nothing(boss: Person, ada: Person, text: str):
    page = await boss.get("/admin/users", params={"q": text.encode("utf-8", "surrogatepass")})
    assert page.status == 200
    assert "<script>" not in page.text.replace('<script type="module"', "")


@pytest.mark.parametrize("query", ["before=", "before=x", "before=-1", "before=99999999999999999999"])
async def test_a_page_that_cannot_be_is_not_found(boss: Person, query: str):
    for path in ("/admin/users", "/admin/audit"):
        assert (await boss.get(f"{path}?{query}")).status == 404


@pytest.mark.parametrize("name", ["nobody", "$ne", "a" * 300, "%00"])
async def test_nobody_of_that_name_is_not_found(boss: Person, name: str):
    assert (await boss.get(f"/admin/users/{name}")).status in (400, 404)
    for verb in ("", "/suspend", "/restore"):
        assert (await boss.post(f"/admin/users/{name}{verb}")).status in (400, 404)


async def test_forms_of_other_sites_do_nothing(site: Site, boss: Person, ada: Person):
    for path in ACTS:
        evil = await boss.post(path, {"role": "administrator"}, headers={"Origin": "https://evil.example"})
        assert evil.status == 403
    assert (await boss.get("/admin/users/Ada")).field("role") == "user"


@pytest.mark.parametrize(
    "more",
    [
        {"role": "administrator"},
        {"confirmed": "1", "confirmed_at": "2026-01-01"},
        {"user.role": "administrator", "role[]": "administrator"},
        {"permissions": "31", "id": "1", "suspended_at": "", "removed_at": ""},
    ],
)
async def test_nobody_promotes_themselves_with_an_extra_field(
    site: Site, boss: Person, ada: Person, more: dict[str, str]
):
    ben = Person(site, "ben", "ben@example.org")
    page = await ben.post("/register", {"username": "ben", "email": ben.email, "password": PASSWORD, **more})
    assert page.status == 303
    assert (await boss.get("/admin/users/ben")).field("confirmed") == "0"
    await ben.confirm(ben.email)
    await ben.post("/login", {"identifier": "ben", "password": PASSWORD, **more})
    await ben.post("/posts", {"source": "Hi.", **more})
    await ben.post("/@Ada/follow", more)
    assert (await ben.get("/admin/users")).status == 403
    page = await boss.get("/admin/users/ben")
    assert page.field("role") == "user"


async def test_what_people_are_called_is_escaped_in_administration(boss: Person, ada: Person):
    await boss.post("/admin/users/Ada", {"name": "<b>Ada</b>", "location": '"><i>'})
    for path in ("/admin/users", "/admin/users/Ada", "/admin/audit"):
        page = await boss.get(path)
        assert "<b>Ada" not in page.text
        assert '"><i>' not in page.text

"""People in a real browser: invited, signed in and out, given keys; personas edited, rolled back; all recorded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.browser import People
from tests.e2e.site import Site, own_database

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def site(postgres_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site"), own_database(postgres_url, template_database)) as started:
        yield started


def settings(page: Page, section: str) -> None:
    page.get_by_test_id("nav-settings").click()
    page.get_by_test_id(f"tab-{section}").click()


def invite(owner: Page, email: str, role: str) -> str:
    """The owner invites somebody; returns the path and fragment of the link."""
    settings(owner, "members")
    owner.get_by_test_id("invite-button").click()
    owner.get_by_test_id("invite-email").fill(email)
    owner.get_by_test_id("invite-role").select_option(role)
    owner.get_by_test_id("invite-submit").click()
    link = owner.get_by_test_id("invitation-link").input_value()
    owner.get_by_test_id("link-dialog").get_by_role("button", name="Done").click()
    return link[link.index("/welcome#") :]


def accept(people: People, link: str, name: str) -> Page:
    page = people.arrive(link)
    page.get_by_test_id("welcome-name").fill(name)
    page.get_by_test_id("welcome-password").fill(PASSWORD)
    page.get_by_test_id("welcome-submit").click()
    expect(page.get_by_test_id("account-button")).to_contain_text(name)
    return page


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_test_id("signin-email").fill(email)
    page.get_by_test_id("signin-password").fill(password)
    page.get_by_test_id("signin-submit").click()


def sign_out(page: Page) -> None:
    page.get_by_test_id("account-button").click()
    page.get_by_test_id("signout").click()
    expect(page.get_by_test_id("signin-form")).to_be_visible()


def ask_for_a_link(page: Page, email: str) -> None:
    """The owner of this machine leaves, and somebody who forgot their password sits down."""
    sign_out(page)
    page.get_by_role("button", name="Forgot password?").click()
    page.get_by_test_id("forgot-email").fill(email)
    page.get_by_test_id("forgot-submit").click()
    expect(page.get_by_test_id("forgot-sent")).to_contain_text(email)


def member(page: Page, email: str) -> Locator:
    return page.locator(f'[data-testid="member-row"][data-email="{email}"]')


def test_an_invited_person_accepts_signs_out_and_signs_in_again(people: People) -> None:
    owner = people.arrive()
    link = invite(owner, "tom@demo.test", "editor")
    expect(member(owner, "tom@demo.test")).to_contain_text("Invited")
    tom = accept(people, link, "Tom Lind")
    assert "#" not in tom.url
    sign_out(tom)
    sign_in(tom, "tom@demo.test", "not my password")
    expect(tom.get_by_role("alert").filter(has_text="wrong")).to_be_visible()
    sign_in(tom, "TOM@demo.test", PASSWORD)
    expect(tom.get_by_test_id("account-button")).to_contain_text("Tom Lind")
    again = people.arrive(link)
    expect(again.get_by_test_id("welcome-problem")).to_be_visible()


def test_an_invitation_that_cannot_be_read_now_is_read_at_the_next_try(people: People) -> None:
    link = invite(people.arrive(), "nell@demo.test", "viewer")
    nell = people.arrive("/welcome")
    nell.route("**/api/auth/invitations/read", lambda route: route.fulfill(status=503, body="{}"))
    nell.evaluate("(hash) => { location.hash = hash; }", link.removeprefix("/welcome"))
    expect(nell.get_by_test_id("welcome-not-now")).to_be_visible()
    nell.unroute("**/api/auth/invitations/read")
    nell.get_by_test_id("welcome-again").click()
    expect(nell.get_by_test_id("welcome-form")).to_contain_text("nell@demo.test")


def test_a_forgotten_password_is_replaced_and_the_old_sessions_end(people: People, site: Site) -> None:
    rita = accept(people, invite(people.arrive(), "rita@demo.test", "viewer"), "Rita")
    ask_for_a_link(people.arrive(), "rita@demo.test")
    link = people.arrive(site.reset_link("rita@demo.test"))
    link.get_by_test_id("reset-password").fill("short")
    link.get_by_test_id("reset-submit").click()
    expect(link.get_by_role("alert")).to_contain_text("at least 10")
    link.get_by_test_id("reset-password").fill("a wholly new sentence")
    link.get_by_test_id("reset-submit").click()
    expect(link.get_by_test_id("reset-done")).to_be_visible()
    rita.evaluate("dispatchEvent(new Event('focus'))")
    expect(rita.get_by_test_id("signin-again")).to_be_visible()
    sign_in(rita, "rita@demo.test", "a wholly new sentence")
    expect(rita.get_by_test_id("signin-again")).to_have_count(0)


def test_somebody_signed_out_on_this_machine_continues_as_the_owner(people: People) -> None:
    page = people.arrive()
    sign_out(page)
    page.reload()
    expect(page.get_by_test_id("signin-form")).to_be_visible()
    page.get_by_test_id("signin-local").click()
    expect(page.get_by_test_id("account-button")).to_contain_text("Owner")


def test_the_owner_of_this_machine_sets_their_first_password_in_the_page(people: People) -> None:
    owner = people.arrive("/#/settings/account")
    expect(owner.get_by_test_id("password-new")).to_be_visible()
    expect(owner.get_by_test_id("password-current")).to_have_count(0)
    owner.get_by_test_id("password-new").fill(PASSWORD)
    owner.get_by_role("button", name="Set the password").click()
    expect(owner.get_by_test_id("toast")).to_contain_text("is set")
    expect(owner.get_by_test_id("password-current")).to_be_visible()


def test_whoever_changes_their_e_mail_gives_their_password_and_signs_in_with_the_new_one(people: People) -> None:
    olga = accept(people, invite(people.arrive(), "olga@demo.test", "admin"), "Olga")
    settings(olga, "account")
    olga.get_by_test_id("account-email").fill("olga.new@demo.test")
    olga.get_by_test_id("email-current").fill("not my password")
    olga.get_by_role("button", name="Change e-mail").click()
    expect(olga.get_by_role("alert").filter(has_text="wrong")).to_be_visible()
    olga.get_by_test_id("email-current").fill(PASSWORD)
    olga.get_by_role("button", name="Change e-mail").click()
    expect(olga.get_by_test_id("toast")).to_contain_text("e-mail was changed")
    sign_out(olga)
    sign_in(olga, "olga.new@demo.test", PASSWORD)
    expect(olga.get_by_test_id("account-button")).to_contain_text("Olga")


def test_who_signs_out_everywhere_leaves_no_conversation_and_no_undo_to_the_next_person(people: People) -> None:
    accept(people, invite(people.arrive(), "nina@demo.test", "viewer"), "Nina")
    owner = people.arrive()
    owner.route("**/api/token", lambda route: route.fulfill(status=503, body="{}"))
    owner.get_by_role("textbox").fill("My number is 4711")
    owner.get_by_role("textbox").press("Enter")
    expect(owner.get_by_text("My number is 4711")).to_be_visible()
    invite(owner, "gone@demo.test", "viewer")
    member(owner, "gone@demo.test").get_by_role("button", name="Remove").click()
    expect(owner.get_by_test_id("toast")).to_be_visible()
    settings(owner, "account")
    owner.get_by_role("button", name="Sign out everywhere").click()
    expect(owner.get_by_test_id("signin-form")).to_be_visible()
    expect(owner.get_by_test_id("toast")).to_have_count(0)
    sign_in(owner, "nina@demo.test", PASSWORD)
    owner.get_by_role("link", name="Talk", exact=True).click()
    expect(owner.get_by_test_id("talk-button")).to_be_visible()
    expect(owner.get_by_text("My number is 4711")).to_have_count(0)


def test_another_tab_hears_at_once_who_signed_in_and_who_left(people: People) -> None:
    accept(people, invite(people.arrive(), "zoe@demo.test", "viewer"), "Zoe")
    first = people.arrive("/#/settings/members")
    second = people.second_tab(first)
    sign_out(second)
    expect(first.get_by_test_id("signin-form")).to_be_visible()
    sign_in(second, "zoe@demo.test", PASSWORD)
    expect(first.get_by_test_id("account-button")).to_contain_text("Zoe")
    expect(first.get_by_test_id("closed-section")).to_be_visible()


def test_a_viewer_finds_no_settings_and_is_told_so_plainly(people: People, site: Site) -> None:
    link = invite(people.arrive(), "vera@demo.test", "viewer")
    vera = accept(people, link, "Vera")
    for hidden in ("nav-settings", "nav-personas"):
        expect(vera.get_by_test_id(hidden)).to_have_count(0)
    vera.goto(f"{site.url}/#/settings/members")
    expect(vera.get_by_test_id("closed-section")).to_contain_text("viewer")
    vera.goto(f"{site.url}/#/personas")
    expect(vera.get_by_test_id("closed-section")).to_contain_text("viewer")
    vera.goto(f"{site.url}/#/settings/account")
    expect(vera.get_by_test_id("session-row").first).to_contain_text("This one")


def test_a_role_is_changed_and_a_removal_undone(people: People) -> None:
    owner = people.arrive()
    invite(owner, "kim@demo.test", "viewer")
    row = member(owner, "kim@demo.test")
    row.get_by_test_id("member-role").select_option("editor")
    expect(owner.get_by_test_id("toast")).to_contain_text("is now editor")
    row.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    owner.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    row.get_by_role("button", name="Remove").click()
    owner.get_by_test_id("bin-toggle").click()
    gone = owner.get_by_test_id("bin-row").filter(has_text="kim@demo.test")
    gone.get_by_role("button", name="for good").click()
    expect(gone.get_by_role("button", name="Keep")).to_be_focused()
    gone.get_by_role("button", name="for good").click()
    expect(gone).to_have_count(0)


def test_the_focus_of_a_removed_row_goes_to_the_row_in_its_place(people: People) -> None:
    owner = people.arrive()
    for email in ("anna@demo.test", "boris@demo.test"):
        invite(owner, email, "viewer")
    remove = member(owner, "anna@demo.test").get_by_role("button", name="Remove")
    remove.press("Enter")
    expect(member(owner, "anna@demo.test")).to_have_count(0)
    expect(member(owner, "boris@demo.test")).to_be_focused()
    member(owner, "boris@demo.test").get_by_role("button", name="Remove").press("Enter")
    expect(member(owner, "boris@demo.test")).to_have_count(0)
    expect(owner.get_by_test_id("member-row").last).to_be_focused()


def test_a_key_is_shown_once_works_and_stops_when_revoked(people: People, site: Site) -> None:
    owner = people.arrive()
    settings(owner, "keys")
    owner.get_by_test_id("key-new").click()
    owner.get_by_test_id("key-name").fill("website")
    owner.get_by_test_id("scope-documents:read").check()
    owner.get_by_test_id("key-submit").click()
    key = owner.get_by_test_id("key-value").input_value()
    owner.get_by_test_id("key-done").click()
    assert site.request("GET", "/api/me", key=key).body["scopes"] == ["documents:read"]
    assert site.request("GET", "/api/audit", key=key).status == 403
    row = owner.get_by_test_id("key-row").filter(has_text="website")
    expect(owner.get_by_text(key)).to_have_count(0)
    row.get_by_role("button", name="Revoke").click()
    expect(row).to_have_count(0)
    assert site.request("GET", "/api/me", key=key).status == 401


def test_a_key_is_renamed_and_given_less(people: People, site: Site) -> None:
    wanted = {"name": "bridge", "scopes": ["calendar:read", "calendar:write"]}
    key = site.request("POST", "/api/keys", wanted).body["key"]
    owner = people.arrive("/#/settings/keys")
    owner.get_by_role("button", name="Change bridge").click()
    owner.get_by_test_id("key-name").fill("reader")
    owner.get_by_test_id("scope-calendar:write").uncheck()
    owner.get_by_test_id("key-change-submit").click()
    expect(owner.get_by_test_id("key-row").filter(has_text="reader")).to_contain_text("1 scope")
    assert site.request("GET", "/api/me", key=key).body["scopes"] == ["calendar:read"]


def test_an_owner_renames_the_organisation_and_moves_it(people: People, site: Site) -> None:
    before = site.request("GET", "/api/me").body["tenant"]
    owner = people.arrive("/#/settings/organisation")
    owner.get_by_test_id("organisation-name").fill("Harbour House")
    owner.get_by_test_id("organisation-zone").select_option("America/New_York")
    owner.get_by_test_id("organisation-save").click()
    expect(owner.get_by_test_id("account-button")).to_contain_text("Harbour House")
    after = site.request("GET", "/api/me").body["tenant"]
    assert (after["name"], after["timezone"]) == ("Harbour House", "America/New_York")
    site.request("PATCH", f"/api/tenants/{after['id']}", {"name": before["name"], "timezone": before["timezone"]})


def test_a_persona_is_edited_rolled_back_and_the_log_tells_it(people: People, site: Site) -> None:
    owner = people.arrive("/#/personas/receptionist")
    greeting = owner.get_by_test_id("persona-greeting")
    first = greeting.input_value()
    greeting.fill("Good day, Harbour House.")
    expect(owner.get_by_test_id("unsaved")).to_contain_text("greeting")
    owner.get_by_test_id("persona-save").click()
    expect(owner.get_by_test_id("unsaved")).to_have_count(0)
    assert site.request("GET", "/api/personas/receptionist").body["greeting"] == "Good day, Harbour House."
    oldest = owner.get_by_test_id("version-row").last
    oldest.locator("summary").click()
    oldest.get_by_test_id("version-restore").click()
    expect(greeting).to_have_value(first)
    assert site.request("GET", "/api/personas/receptionist").body["greeting"] == first
    settings(owner, "audit")
    owner.get_by_test_id("audit-kind").select_option("persona")
    told = owner.locator('[data-testid="audit-entry"][data-action="persona.updated"]')
    expect(told.filter(has_text="Owner changed the greeting of the persona")).to_have_count(2)
    told.first.locator("summary").click()
    expect(told.first).to_contain_text("Good day, Harbour House.")


def test_two_who_edit_the_same_persona_see_each_others_changes(people: People, site: Site) -> None:
    owner = people.arrive("/#/personas/clinical")
    owner.get_by_test_id("persona-greeting").fill("Mine.")
    theirs = site.request("GET", "/api/personas/clinical").body
    site.request("PATCH", f"/api/personas/{theirs['id']}", {"greeting": "Theirs."})
    owner.get_by_test_id("persona-save").click()
    expect(owner.get_by_test_id("conflict")).to_contain_text("greeting")
    owner.get_by_test_id("conflict-mine").click()
    expect(owner.get_by_test_id("conflict")).to_have_count(0)
    assert site.request("GET", "/api/personas/clinical").body["greeting"] == "Mine."


def test_what_is_typed_while_a_save_is_under_way_stays(people: People) -> None:
    owner = people.arrive("/#/personas/assistant")
    held: list[Route] = []
    owner.route("**/api/personas/*", lambda route: held.append(route) if _changes(route) else route.continue_())
    owner.get_by_test_id("persona-greeting").fill("Good evening.")
    with owner.expect_request(lambda request: request.method == "PATCH"):
        owner.get_by_test_id("persona-save").click()
    owner.get_by_test_id("persona-prompt").fill("Be brief.")
    held.pop().continue_()
    expect(owner.get_by_test_id("toast")).to_contain_text("Saved")
    expect(owner.get_by_test_id("persona-prompt")).to_have_value("Be brief.")
    expect(owner.get_by_test_id("persona-greeting")).to_have_value("Good evening.")
    expect(owner.get_by_test_id("unsaved")).to_contain_text("instructions")
    owner.unroute("**/api/personas/*")
    owner.get_by_test_id("persona-save").click()
    expect(owner.get_by_test_id("unsaved")).to_have_count(0)


def _changes(route: Route) -> bool:
    return route.request.method == "PATCH"


def test_a_session_that_ends_while_somebody_types_loses_nothing(people: People) -> None:
    owner = people.arrive("/#/personas/real-estate")
    owner.get_by_test_id("persona-greeting").fill("Half a sent")
    owner.context.clear_cookies()
    owner.get_by_test_id("persona-save").click()
    expect(owner.get_by_test_id("signin-again")).to_be_visible()
    owner.get_by_role("button", name="Forgot password?").click()
    expect(owner.get_by_test_id("forgot-email")).not_to_have_value("")
    owner.get_by_role("button", name="Back to signing in").click()
    owner.get_by_test_id("signin-local").click()
    expect(owner.get_by_test_id("signin-again")).to_have_count(0)
    expect(owner.get_by_test_id("persona-greeting")).to_have_value("Half a sent")
    owner.get_by_test_id("persona-save").click()
    expect(owner.get_by_test_id("unsaved")).to_have_count(0)


def test_an_operator_makes_a_tenant_and_its_owner_finds_it_empty(people: People) -> None:
    owner = people.arrive()
    settings(owner, "tenants")
    owner.get_by_test_id("tenant-new").click()
    owner.get_by_test_id("tenant-name").fill("Pier Homes")
    expect(owner.get_by_test_id("tenant-slug")).to_have_value("pier-homes")
    owner.get_by_test_id("tenant-owner").fill("pia@pier.test")
    owner.get_by_test_id("tenant-submit").click()
    link = owner.get_by_test_id("invitation-link").input_value()
    pia = accept(people, link[link.index("/welcome#") :], "Pia")
    settings(pia, "members")
    expect(pia.get_by_test_id("member-row")).to_have_count(1)
    expect(pia.get_by_test_id("tab-tenants")).to_have_count(0)


def test_the_widget_is_the_talk_alone(people: People) -> None:
    page = people.arrive("/widget")
    expect(page.get_by_test_id("talk-button")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)

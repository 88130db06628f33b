"""Who may open what: every address of the desk, by every method, as everybody. There is no list to maintain (ROLE-01)."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import event, select
from werkzeug.routing.converters import AnyConverter, IntegerConverter

from app.domain import rights
from app.domain.rights import BEHIND_SECOND_STEP, BRINGS, GRANTS, RIGHTS, SITE_RIGHTS, Right, SiteRole
from app.extensions import db
from app.models import Campaign, Membership, NewsItem, Report, Role, Topic

BRIEFLY = {"Accept": "application/json"}  # the same refusal without its page, which takes as long as the gate
WRITES = ("insert", "update", "delete", "replace", "create", "drop", "alter")


def desk_routes(app, where="campaigns"):
    """Endpoint, method and rule of everything under /desk; at the second place only of what differs there."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/desk") and (where == "campaigns" or "where" in rule.arguments):
            for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
                yield rule, method


def something(converter):
    """A value that fits: one of those allowed, a number, or a word."""
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return 1 if isinstance(converter, IntegerConverter) else "x"


def fill(app, rule, **known):
    """The address of a rule, its gaps filled with what is known, and with numbers and words otherwise."""
    values = {name: known.get(name, something(rule._converters[name])) for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def needed(app, rule):
    return app.view_functions[rule.endpoint].needed_right


@pytest.fixture(params=("campaigns", "topics"))
def desk(make, request):
    """What is known of a desk: a campaign and a topic at the same last part of their addresses."""
    organisation = make.organisation(slug="tigris")
    campaign = make.campaign(organisation)
    make.topic(organisation, title=campaign.ask)
    return {"organisation": organisation.slug, "slug": campaign.slug, "where": request.param}, organisation


@pytest.mark.sqlite_alone
def test_every_address_of_the_desk_declares_its_right(app):
    routes = list(desk_routes(app))
    assert len(routes) > 5
    for rule, _method in routes:
        assert hasattr(app.view_functions[rule.endpoint], "needed_right"), f"{rule.rule} needs @needs(Right.…)"
        right = needed(app, rule)
        assert right is None or isinstance(right, Right)
        assert right is None or "organisation" in rule.arguments, (
            f"{rule.rule} needs a right, but names no organisation to have it in"
        )


@pytest.mark.sqlite_alone
def test_what_changes_something_needs_more_than_looking(app):
    allowed = {"organise.leave", "organise.preview_text"}
    for rule, method in desk_routes(app):
        if method != "GET" and rule.endpoint not in allowed:
            assert needed(app, rule) not in {None, Right.VIEW}, f"{method} {rule.rule}"


@pytest.mark.sqlite_alone
def test_a_stranger_is_led_to_sign_in_everywhere(app, client, desk):
    known, _organisation = desk
    for rule, method in desk_routes(app, known["where"]):
        answer = client.open(fill(app, rule, **known), method=method)
        assert answer.status_code == 302, f"{method} {rule.rule}"
        assert answer.location.split("?")[0] == "/account/login"


@pytest.mark.sqlite_alone
def test_oscar_of_another_organisation_finds_nothing(app, client, desk, make, sign_in):
    known, _organisation = desk
    sign_in(client, make.account(organisation=make.organisation(slug="elsewhere")))
    for rule, method in desk_routes(app, known["where"]):
        if needed(app, rule) is not None:
            answer = client.open(fill(app, rule, **known), method=method, headers=BRIEFLY)
            assert answer.status_code == 404, f"{method} {rule.rule}"


@pytest.fixture
def home(make):
    """The same with a campaign alone: what is granted differs by right, not by place."""
    organisation = make.organisation(slug="tigris")
    return {"organisation": "tigris", "slug": make.campaign(organisation).slug, "where": "campaigns"}, organisation


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("part", SiteRole)
def test_whoever_has_a_part_in_the_whole_site_gets_what_its_table_says(app, client, home, make, sign_in, part):
    """ROLE-01, ROLE-02: in an organisation that they do not belong to. Who operates the site sees nobody's desk."""
    known, organisation = home
    make.account(organisation=organisation)
    sign_in(client, make.account(role=None, **{f"is_{part}": True}))
    held = SITE_RIGHTS[part]
    for rule, method in desk_routes(app):
        right = needed(app, rule)
        if right is None:
            continue
        opens = right in held and method == "GET"
        answer = client.open(fill(app, rule, **known), method=method, headers={} if opens else BRIEFLY).status_code
        if not held:
            assert answer == 404, f"{method} {rule.rule} as {part}"
        elif right not in held:
            assert answer == 403, f"{method} {rule.rule} as {part}"
        elif method == "GET":
            assert answer not in {401, 403, 500}, f"GET {rule.rule} as {part}"


def test_no_part_in_the_whole_site_sees_signers_or_writes_anything():
    for held in SITE_RIGHTS.values():
        assert held <= {Right.VIEW, Right.NUMBERS, Right.REVIEW}


def test_who_comes_near_signers_is_said_here_once_more():
    """The other tests read the tables that decide; a slip in one of those would be theirs, too."""
    near = {Right.SEE_SIGNERS, Right.SEE_ADDRESSES, Right.ACT, Right.EXPORT, Right.KEYS}
    assert near == BEHIND_SECOND_STEP
    assert {role: near & held for role, held in RIGHTS.items() if near & held} == {
        Role.OWNER: near,
        Role.DATA_OFFICER: near,
    }
    assert {role for role, held in RIGHTS.items() if held & {Right.MANAGE, Right.REVIEW}} == {Role.OWNER}
    assert {role for role, held in RIGHTS.items() if Right.EDIT in held} == {Role.OWNER, Role.EDITOR}
    assert RIGHTS[Role.VIEWER] == {Right.VIEW}
    assert set(GRANTS) == {Right.SEE_SIGNERS, Right.SEE_ADDRESSES, Right.EXPORT}
    assert {Right.EXPORT: {Right.DELIVER}} == BRINGS


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("right", GRANTS)
def test_a_single_grant_opens_what_it_says_and_nothing_else(app, client, home, make, sign_in, right):
    """ROLE-02: beside the role, for one member."""
    known, organisation = home
    vera = make.account(organisation=organisation, role=Role.VIEWER)
    with app.app_context():
        held = db.session.scalar(select(Membership).where(Membership.account_id == vera.id))
        setattr(held, GRANTS[right], True)
        db.session.commit()
    sign_in(client, vera)
    for rule, method in desk_routes(app):
        declared = needed(app, rule)
        if declared is not None and method == "GET":
            opens = declared in {Right.VIEW, right, *BRINGS.get(right, ())}
            answer = client.get(fill(app, rule, **known), headers={} if opens else BRIEFLY)
            assert (answer.status_code == 403) != opens, f"GET {rule.rule} with {right}"


@pytest.mark.sqlite_alone
def test_numbers_of_everything_at_another_desk_lead_nowhere_at_ones_own(app, client, make, sign_in, stored):
    """ROLE-03: what belongs to one organisation, named in every gap of the addresses of another."""
    tigris, elsewhere = make.organisation(slug="tigris"), make.organisation(slug="elsewhere")
    olive = make.account(organisation=tigris)
    campaign, topic = make.campaign(tigris), make.topic(tigris)
    make.campaign(elsewhere)  # so that there is something at home
    report, item, update = make.report(campaign), make.news(campaign), make.update(campaign)
    member = stored(Membership, account_id=olive.id)[0]
    foreign = {"slug": [campaign.slug, topic.slug], "public_id": [update.public_id], "where": ["campaigns", "topics"]}
    numbers = sorted({report.id, item.id, member.id, campaign.id})
    sign_in(client, make.account(organisation=elsewhere))
    before = _everything(stored)
    for rule, method in desk_routes(app):
        gaps = sorted(rule.arguments - {"organisation"})
        if not gaps or needed(app, rule) is None:
            continue
        values = [foreign.get(name) or _fitting(rule, name, numbers) for name in gaps]
        for chosen in itertools.product(*values):
            known = {"organisation": "elsewhere", **dict(zip(gaps, chosen, strict=True))}
            answer = client.open(fill(app, rule, **known), method=method, headers=BRIEFLY)
            nothing = {404} if "slug" in gaps else {302, 303, 404}
            assert answer.status_code in nothing, f"{method} {rule.rule} with {known}"
            assert not (answer.status_code == 302 and method == "GET" and "login" not in answer.location), known
    assert _everything(stored) == before


def _fitting(rule, name, numbers):
    converter = rule._converters[name]
    return numbers if isinstance(converter, IntegerConverter) else [something(converter)]


def _everything(stored):
    """Whose everything is, and what a post could have changed of it."""
    return [
        [(row.id, row.organisation_id) for row in stored(model)]
        for model in (Campaign, Topic, Report, NewsItem, Membership)
    ] + [[(row.id, row.removed_at, row.title) for row in stored(Report)], [row.state for row in stored(Campaign)]]


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])  # who looks at everything below
def test_a_member_gets_what_the_role_allows_and_nothing_else(app, client, desk, make, sign_in, role):
    known, organisation = desk
    make.account(organisation=organisation)  # another owner, so that leaving works
    sign_in(client, make.account(organisation=organisation, role=role))
    for rule, method in desk_routes(app, known["where"]):
        right = needed(app, rule)
        if right is not None and right not in RIGHTS[role]:
            answer = client.open(fill(app, rule, **known), method=method, headers=BRIEFLY)
            assert answer.status_code == 403, f"{method} {rule.rule} as {role}"
        elif method == "GET":
            assert client.open(fill(app, rule, **known)).status_code not in {401, 403, 500}, (
                f"GET {rule.rule} as {role}"
            )


def test_an_owner_may_look_at_everything_and_looking_changes_nothing_anywhere(app, client, desk, make, sign_in):
    """No GET writes, on the desk, in the account or in public; and every page works on both databases."""
    known, organisation = desk
    sign_in(client, make.account(organisation=organisation))
    written = []

    def notice(_connection, _cursor, statement, *_more):
        if statement.lstrip().split(None, 1)[0].lower() in WRITES:
            written.append(f"{address}: {statement}")

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", notice)
    try:
        for rule in app.url_map.iter_rules():
            if "GET" in rule.methods and (known["where"] == "campaigns" or "where" in rule.arguments):
                address = fill(app, rule, **known)
                status = client.get(address).status_code
                assert not (rule.rule.startswith("/desk") and status in {401, 403, 500}), f"GET {rule.rule} as owner"
    finally:
        with app.app_context():
            event.remove(db.engine, "before_cursor_execute", notice)
    assert written == []


def test_only_owner_and_data_officer_take_signers_out():
    assert RIGHTS[Role.OWNER] == set(Right)
    assert {role for role in Role if Right.EXPORT in RIGHTS[role]} == {Role.OWNER, Role.DATA_OFFICER}
    assert {role for role in Role if Right.SEE_SIGNERS in RIGHTS[role]} == {Role.OWNER, Role.DATA_OFFICER}
    assert {role for role in Role if Right.SEE_ADDRESSES in RIGHTS[role]} == {Role.OWNER, Role.DATA_OFFICER}
    assert {role for role in Role if Right.WRITE in RIGHTS[role]} == {Role.OWNER, Role.MAILER}
    assert {role for role in Role if Right.NUMBERS not in RIGHTS[role]} == {Role.VIEWER}
    assert {role for role in Role if Right.MANAGE in RIGHTS[role]} == {Role.OWNER}
    for role, right in itertools.product(Role, Right):
        assert Right.VIEW in RIGHTS[role] or right not in RIGHTS[role]


@pytest.mark.sqlite_alone
def test_every_role_and_right_is_said_in_words(app):
    with app.test_request_context():
        for role in Role:
            assert rights.role_name(role)
            assert len(rights.in_words(role)) == len(RIGHTS[role])
        for part in SiteRole:
            assert rights.site_role_name(part)

"""The rules of the house. Each failure says in words what to do; the reasons are in docs/decisions.md and CONTRIBUTING.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app import tokens
from app.tokens import Purpose
from tests import handed, registers

register_of = registers.register_of
ROOT = Path(__file__).parent.parent
NOT_OURS = {".venv", ".git", "instance", "node_modules", "look", "__pycache__"}
CODE = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("bench/**/*.py"), ROOT / "config.py", ROOT / "wsgi.py"])
DOMAIN = [file for file in CODE if file.parent.name == "domain"]
APP = [file for file in CODE if "app" in file.relative_to(ROOT).parts]
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
LONGEST_FUNCTION, LONGEST_FILE, LONGEST_TEMPLATE = 40, 300, 120

# Who may import whom. What is not named here may import everything of ours but the top.
MAY_IMPORT = {
    "app.extensions": (),
    "app.models": ("app.extensions", "app.models"),
    "app.domain": ("app.extensions", "app.models", "app.domain"),
    "app.readers": ("app.models.types", "app.cleaning", "app.readers"),
}
TOP = ("app.views", "app.commands", "app.jobs", "app.demo", "app.launch")
MAY_IMPORT_THE_TOP = ("app.views", "app.commands", "app.demo", "app.launch", "bench")
COMMIT_HERE = {"app/domain/transactions.py"}


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def module(file: Path) -> str:
    return named(file).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def under(name: str, *prefixes: str) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


@cache
def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def calls(node: ast.AST) -> Iterator[tuple[str, str]]:
    """What is called inside: ("campaigns", "publish") for campaigns.publish(), ("", "insert") for insert()."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            yield "", call.func.id
        elif isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            owner = call.func.value
            yield getattr(owner, "attr", getattr(owner, "id", "")), call.func.attr


def writes(node: ast.AST) -> bool:
    statements, rows = {"insert", "update", "delete"}, {"add", "add_all", "delete", "merge"}
    return any(
        (not owner and name in statements) or (owner == "session" and name in rows) for owner, name in calls(node)
    )


def is_verb(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(getattr(decorator, "id", "") == "unit_of_work" for decorator in function.decorator_list)


def said(wrong: list[str]) -> str:
    return "\n  ".join(["", *wrong])


def test_everybody_imports_downwards():
    wrong = []
    for file in CODE:
        me, ours = module(file), {name for name in imports(file) if under(name, "app")}
        web = {name for name in imports(file) if under(name, "flask", "werkzeug")}
        layer = next((layer for layer in MAY_IMPORT if under(me, layer)), None)
        if layer is not None:
            wrong += [
                f"{named(file)} imports {name}; {layer} may not" for name in ours if not under(name, *MAY_IMPORT[layer])
            ]
            wrong += [
                f"{named(file)} imports {name}; {layer} serves commands and jobs too"
                for name in web
                if layer != "app.extensions"
            ]
        elif not (me == "app" or under(me, *MAY_IMPORT_THE_TOP)):
            wrong += [f"{named(file)} imports {name}, which stands above it" for name in ours if under(name, *TOP)]
    assert not wrong, said(wrong)


def test_views_leave_each_other_alone():
    wrong = []
    for file in (file for file in CODE if under(module(file), "app.views") and module(file) != "app.views"):
        own = ".".join(module(file).split(".")[:3])
        allowed = (own, "app.views.access")
        others = (name for name in imports(file) if under(name, "app.views") and name != "app.views.access")
        wrong += [
            f"{named(file)} imports {name}: share below the views" for name in others if not under(name, *allowed)
        ]
    assert not wrong, said(wrong)


def test_views_change_nothing_themselves():
    wrong = [named(file) for file in CODE if under(module(file), "app.views") and writes(tree(file))]
    assert not wrong, f"These views write to the database; call a verb of app/domain instead: {said(wrong)}"


def test_a_transaction_ends_in_one_place():
    ends = {named(file) for file in APP if any(name == "commit" for _, name in calls(tree(file)))}
    assert ends == COMMIT_HERE, f"Only {COMMIT_HERE} commits; make it a verb of app/domain with @unit_of_work: {ends}"


def test_whatever_writes_is_one_unit_of_work_or_a_helper():
    wrong = [
        f"{named(file)}: {function.name} writes; give it @unit_of_work, or an underscore"
        for file in DOMAIN
        for function in functions(file)
        if writes(function) and not function.name.startswith("_") and not is_verb(function)
    ]
    assert not wrong, said(wrong)


def test_a_verb_never_runs_inside_another():
    """It would end the other's transaction half way."""
    verbs = {file.stem: {function.name for function in functions(file) if is_verb(function)} for file in DOMAIN}
    wrong = [
        f"{named(file)} calls the verb {owner or file.stem}.{name}; call a helper"
        for file in DOMAIN
        for owner, name in calls(tree(file))
        if name in verbs.get(owner or file.stem, ())
    ]
    assert not wrong, said(wrong)


def test_there_is_one_clock():
    asks = {"now", "today", "utcnow"}
    wrong = [
        f"{named(file)} asks the machine for the time: ask app.clock, or take `now` as an argument"
        for file in APP
        if named(file) != "app/clock.py"
        if any(owner in {"datetime", "date"} and name in asks for owner, name in calls(tree(file)))
    ]
    assert not wrong, said(wrong)


def test_no_function_is_a_coroutine():
    wrong = [
        f"{named(file)}: {function.name} is a coroutine; Undersigned.ensure_sync calls everything directly"
        for file in APP
        for function in functions(file)
        if isinstance(function, ast.AsyncFunctionDef)
    ]
    assert not wrong, said(wrong)


def test_functions_and_files_stay_short():
    wrong = []
    for file in CODE:
        for function in functions(file):
            length = (function.end_lineno or 0) - function.lineno + 1
            if length > LONGEST_FUNCTION:
                wrong.append(f"{named(file)}: {function.name} has {length} lines, at most {LONGEST_FUNCTION}")
    for file, most in [*((f, LONGEST_FILE) for f in CODE), *((f, LONGEST_TEMPLATE) for f in TEMPLATES)]:
        length = len(file.read_text().splitlines())
        if length > most:
            wrong.append(f"{named(file)} has {length} lines, at most {most}: part it where it has two subjects")
    assert not wrong, said(wrong)


def texts(*kinds: str) -> Iterator[tuple[Path, str]]:
    for file in sorted(ROOT.rglob("*")):
        if not NOT_OURS & set(file.relative_to(ROOT).parts) and file.name.endswith(kinds) and file.is_file():
            yield file, file.read_text()


def test_nothing_is_silenced_without_a_reason():
    silenced = re.compile(r"#\s*(noqa(: ?[A-Z]+\d+(, ?[A-Z]+\d+)*)?|type: ignore(\[[\w, -]+\])?)(?P<reason>.*)")
    wrong = []
    for file, text in texts(".py"):
        for number, line in enumerate(text.splitlines(), 1):
            found = silenced.search(line)
            if found and not re.search(r"[a-z]{3}", found["reason"]):
                wrong.append(f"{named(file)}:{number} silences a check; say why on the same line")
    assert not wrong, said(wrong)


def test_no_file_knows_a_machine():
    machine = re.compile("|".join(f"/{folder}/" for folder in ("work", "root", "Users")) + "|/" + r"home/\w")
    kinds = (
        ".py",
        ".md",
        ".html",
        ".toml",
        ".css",
        ".js",
        "Makefile",
        ".service",
        ".timer",
        ".conf",
        ".sh",
        "Caddyfile",
    )
    wrong = [
        f"{named(file)} names a place on one machine: {machine.findall(text)}"
        for file, text in texts(*kinds)
        if machine.search(text)
    ]
    assert not wrong, said(wrong)


JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.S)
TRANSLATED = re.compile(r"{%-?\s*trans\b.*?endtrans\s*-?%}", re.S)
SAID_ALOUD = re.compile(r'\s(?:aria-label|title|alt|placeholder)="([^"]*)"')
NO_WORDS = re.compile(r"<(script|style|code|kbd)\b.*?</\1>|<[^>]*>|&\w+;|[\w-]+=\"[^\"]*\"", re.S)
SAME_EVERYWHERE = {"Undersigned", "UTC", "SHA", "sha", "kB", "MB", "Ctrl", "Atom", "RSS", "JSON"}


def markup(file: Path) -> str:
    """The template without anything of Jinja's and without what is translated."""
    classes = r"{%-? block \w*class %}.*?{% endblock %}"
    return JINJA.sub("", TRANSLATED.sub("", re.sub(rf"{{#.*?#}}|{classes}", "", file.read_text(), flags=re.S)))


def test_every_word_of_a_page_can_be_translated():
    wrong = []
    for file in (file for file in TEMPLATES if file.parent.name not in {"mail", "development"}):
        bare = markup(file)
        shown = " ".join([*SAID_ALOUD.findall(bare), NO_WORDS.sub(" ", bare)])
        words = set(re.findall(r"[A-Za-z]{2,}", shown)) - SAME_EVERYWHERE
        if words:
            wrong.append(f"{named(file)} says {sorted(words)} in English only: put it into _('…')")
    assert not wrong, said(wrong)


def test_pages_hold_no_behaviour_and_no_looks():
    wrong = []
    for file in TEMPLATES:
        text = markup(file)
        if any("src=" not in tag and "json" not in tag for tag in re.findall(r"<script\b[^>]*>", text)):
            wrong.append(f"{named(file)} has a script inside: put it into app/static/js")
        if file.parent.name != "mail" and re.search(r"<[^>]*\s(style|on[a-z]+)=|<style", text):
            wrong.append(f"{named(file)} has style= or on…=: the policy of every page refuses it")
        if re.search(r"\|\s*safe\b", file.read_text()):
            wrong.append(f"{named(file)} trusts a text with |safe: only app/markdown.py may")
    assert not wrong, said(wrong)


def test_forms_of_people_who_are_signed_in_carry_the_token():
    wrong = []
    for file in TEMPLATES:
        text = file.read_text()
        if file.parent.name in {"public", "signing"} or named(file) == "templates/macros/sign.html":
            if "csrf_token" in text:
                wrong.append(f"{named(file)} carries a token: public pages are the same for everybody")
            continue
        for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, re.S | re.I):
            if not re.search(r"csrf|token\(\)", form):
                wrong.append(f"{named(file)} has a form without its token: {form[:80]}")
    assert not wrong, said(wrong)


@pytest.fixture
def address(app, make, register_of):
    """The address of a public rule, its gaps filled with things that exist."""
    organisation = make.organisation(slug="tigris")
    campaign = make.campaign(organisation, slug="rein-in")
    signature, *_others = [make.signature(campaign, state="confirmed") for _n in range(5)]  # fewer are not sealed
    video = make.news(campaign, kind="video", url="https://www.youtube.com/watch?v=aaaaaaaaaaa")
    make.report(campaign, title="Rein in")  # which has the same words in its address
    topic = make.topic(organisation, title="Rein in")  # at the same last part of an address
    (manifest, _delivery) = handed.over(app, campaign)
    (incident,) = register_of.add(register_of.of(topic), registers.entry())
    public_ids = {
        "public.update": make.update(campaign).public_id,
        "public.play": video.public_id,
        "public.incident": incident.public_id,
        **dict.fromkeys(("public.manifest", "public.manifest_json", "public.manifest_signature"), manifest.public_id),
        "public.figures": register_of.figures(topic).public_id,
    }

    def of(rule):
        slug = organisation.slug if "organisations" in rule.rule else campaign.slug
        slug = topic.slug if rule.rule.startswith("/topics") else slug
        purpose = Purpose.MANAGE if "manage" in rule.rule else Purpose.CONFIRM
        with app.app_context():
            known = {
                "slug": slug,
                "token": tokens.issue(purpose, signature.public_id),
                "name": "x",
                "size": "small",
                "number": 1,
                "public_id": public_ids.get(rule.endpoint),
                "form": "atom",
                "fingerprint": manifest.fingerprint,
                "shade": "light",
            }
        return app.url_map.bind("localhost").build(rule.endpoint, {name: known[name] for name in rule.arguments})

    return of


def test_public_pages_set_no_cookie(app, client, address):
    audiences = {"public", "signing", "operate"}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0] in audiences]
    assert len(rules) > 10
    for rule in rules:
        for method in sorted(rule.methods & {"GET", "POST"}):
            answer = client.open(address(rule), method=method)
            if method == "GET" and rule.endpoint != "public.picture":
                assert answer.status_code == 200, f"{rule.rule} answers {answer.status_code}"
            assert answer.status_code < 500, f"{method} {rule.rule} breaks"
            assert "Set-Cookie" not in answer.headers, f"{method} {rule.rule} sets a cookie"
            assert "cookie" not in answer.headers.get("Vary", "").lower(), f"{method} {rule.rule} looks at cookies"

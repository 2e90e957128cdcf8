"""Each of our own rules finds what it forbids, and leaves alone what is meant (.semgrep.yml)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
RULES = [rule["id"] for rule in yaml.safe_load((ROOT / ".semgrep.yml").read_text())["rules"]]
# Per rule: the file it looks into, lines it must find, and one beside them that is as it should be.
EXAMPLES = {
    "no-publishing": ("a.py", ["tell.delay(1)", "tell.apply_async((1,))", 'app.send_task("x")'], "later.delayed(1)"),
    "no-mark-safe": ("a.py", ["mark_safe(text)", "django.utils.safestring.mark_safe(text)"], 'format_html("{}", text)'),
    "no-safe-filter": ("a.html", ["{{ text|safe }}", "{% autoescape off %}"], "{{ text }}"),
    "state-goes-through-transitions": (
        "tickets/services.py",
        [
            "rows.update(status=1)",
            "rows.update(tier=1)",
            "ticket.status = 1",
            "ticket.tier = 1",
            'setattr(ticket, "status", 1)',
            'setattr(ticket, "tier", 1)',
        ],
        "ticket.subject = 1",
    ),
    "pages-by-key": ("a.py", ["Paginator(rows, 5).page(1)"], "rows.page(1)"),
    "views-do-not-write": (
        "views.py",
        [
            "ticket.save()",
            "Ticket.objects.create(a=1)",
            "Ticket.objects.bulk_create([])",
            "Ticket.objects.get_or_create(a=1)",
            "Ticket.objects.update_or_create(a=1)",
            "Ticket.objects.all().update(a=1)",
            "Ticket.objects.all().delete()",
            "rows.filter(a=1).update(a=2)",
            "rows.filter(a=1).delete()",
            "ticket.delete()",
        ],
        "form.clean()",
    ),
    "no-raw-request-in-queries": (
        "a.py",
        [
            'Ticket.objects.get(pk=request.GET["id"])',
            'Ticket.objects.get(a=1, pk=request.GET.get("id"))',
            'rows.filter(number=request.POST["id"])',
            'rows.exclude(number__in=request.POST.getlist("id"))',
            'get_object_or_404(Ticket, pk=request.GET["id"])',
        ],
        'rows.filter(number=form.cleaned_data["number"])',
    ),
    "no-order-from-the-request": (
        "a.py",
        [
            'rows.order_by(request.GET["o"])',
            'rows.order_by("pk", request.GET.get("o", "pk"))',
            "rows.order_by(f\"-{request.GET['o']}\")",
            'name = request.GET.get("o"); rows.order_by(name)',
        ],
        'rows.order_by("-pk")',
    ),
    "no-redirect-from-the-request": (
        "a.py",
        ['redirect(request.GET["next"])', 'HttpResponseRedirect(request.POST.get("next"))'],
        'redirect("home")',
    ),
    "no-words-in-sql": (
        "a.py",
        [
            'cursor.execute(f"SELECT {name}")',
            'cursor.execute("SELECT %s" % name)',
            'cursor.execute("SELECT {}".format(name))',
            'cursor.execute("SELECT " + name, [1])',
        ],
        'cursor.execute("SELECT %s", [name])',
    ),
    "no-raw-sql-beside-the-orm": (
        "a.py",
        ['RawSQL("1", [])', 'rows.extra(where=["1"])', 'Ticket.objects.raw("SELECT 1")'],
        "rows.annotate(a=1)",
    ),
    "no-shell": (
        "a.py",
        ['subprocess.run("ls", shell=True)', 'os.system("ls")', 'os.popen("ls")'],
        'subprocess.run(["ls"], check=True)',
    ),
    "no-form-without-token": ("a.py", ["view = csrf_exempt(view)"], "view = csrf_protect(view)"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[int]]:
    """Return on which lines of its own file each rule finds something."""
    folder = tmp_path_factory.mktemp("examples")
    for rule, (name, bad, good) in EXAMPLES.items():
        path = folder / rule / name
        path.parent.mkdir(parents=True)
        path.write_text("\n".join([*bad, good, ""]))
    command = [Path(sys.executable).with_name("semgrep"), "scan", "--config", ROOT / ".semgrep.yml", "--metrics", "off"]
    quietly = ["--disable-version-check", "--json", "--quiet", "--jobs", "1", "--no-git-ignore", str(folder)]
    done = subprocess.run([*command, *quietly], capture_output=True, text=True, check=True)
    lines: dict[str, set[int]] = {rule: set() for rule in EXAMPLES}
    for result in json.loads(done.stdout)["results"]:
        rule = result["check_id"].rpartition(".")[2]
        if Path(result["path"]).relative_to(folder).parts[0] == rule:
            lines[rule].add(result["start"]["line"])
    return lines


def test_every_rule_has_examples() -> None:
    assert list(EXAMPLES) == RULES


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_rule_finds_what_it_forbids_and_nothing_else(rule: str, found: dict[str, set[int]]) -> None:
    _name, bad, _good = EXAMPLES[rule]

    assert found[rule] == set(range(1, len(bad) + 1))

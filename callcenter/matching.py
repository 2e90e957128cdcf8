"""Whether a caller is who may hear about a ticket: name and organisation are compared with what they said (A21)."""

import re
from dataclasses import dataclass

from accounts.models import Reporter
from callcenter.models import Call

# Said or left out as people please, so they tell nobody apart.
TITLES = {"bapak", "bpk", "pak", "ibu", "bu", "sdr", "sdri", "saudara", "saudari", "h", "hj", "ir", "dr", "drs", "dra"}
LEGAL_FORMS = {"pt", "cv", "ud", "fa", "firma", "kop", "koperasi", "persero", "perseroan", "terbatas", "tbk"}
INITIALS = re.compile(r"\b(\w)\.\s?(?=\w\b)")  # "P.T." is one word
WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Match:
    """What of the caller's words fits the reporter of the ticket; the number was given, or there were no ticket."""

    name: bool
    organisation: bool

    @property
    def is_complete(self) -> bool:
        return self.name and self.organisation


def match_of(call: Call) -> Match | None:
    """Compare what the caller gave with the reporter of the ticket asked about; None before there is one."""
    if call.ticket is None:
        return None
    reporter = call.ticket.reporter
    name = _is_same(_person(call.caller_name), _person(reporter.name))
    theirs = {_organisation(text) for text in organisations_of(reporter)} - {""}
    given = {_organisation(call.business_name), _organisation(call.institution_name)}
    return Match(name, bool(theirs & given) if theirs else name)


def may_be_told(call: Call) -> bool:
    """Whether the caller may hear of the ticket they ask about (A21)."""
    match = match_of(call)
    return match is not None and match.is_complete


def organisations_of(reporter: Reporter) -> list[str]:
    """Return the names of what a reporter acts for; none for a person who trades under their own name."""
    if reporter.is_vendor:
        return [reporter.business_name] if reporter.business_name != reporter.name else []
    office = reporter.lpse if reporter.kind == Reporter.Kind.LPSE_STAFF else reporter.institution
    return [name for name in (reporter.work_unit, str(office or "")) if name]


def _is_same(given: str, known: str) -> bool:
    return bool(given) and given == known


def _person(text: str) -> str:
    """Return a name to compare: without forms of address, and without the degrees behind a comma."""
    return _plain(text.partition(",")[0], TITLES)


def _organisation(text: str) -> str:
    return _plain(text, LEGAL_FORMS)


def _plain(text: str, passed_over: set[str]) -> str:
    words = WORDS.findall(INITIALS.sub(r"\1", text).casefold())
    return "".join([word for word in words if word not in passed_over] or words)

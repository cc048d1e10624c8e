"""The search box: a number, a phone, an identity number, a scanned slip, or words."""

from __future__ import annotations

import re

from django.contrib.postgres.search import SearchQuery
from django.db.models import CharField, QuerySet

from cases.models import Case, CaseWords, Party
from cases.querysets import CaseQuerySet
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.errors import NotFound
from zongzhi.lib.identity import normalise_id, normalise_phone
from zongzhi.lib.prepared import Given, Prepared
from zongzhi.lib.words import search_query

FEW = 1000  # cases that words are found in
_SHORT = re.compile(r"\d{4}-\d{3,}")
_FULL = re.compile(r"\d{16}")
_TOKEN = re.compile(r"/q/([\w-]{22})(?:/|$)")
# 身份证; passports and 通行证 as they are issued; 外国人永久居留身份证 before it had digits only.
_ID_NUMBER = re.compile(r"\d{17}[\dX]|[A-Z]\d{8}(?:\d\d)?|[A-Z]{2}\d{7}|\d{8}|[A-Z]{3}\d{12}")
_PHONE = re.compile(r"1\d{10}|0\d{9,11}")


def search(cases: CaseQuerySet, text: str) -> CaseQuerySet:
    """Those of the given cases that the text means; they must be the visible ones already."""
    text = text.strip()
    if scanned := _TOKEN.search(text):
        return cases.filter(token=scanned[1])
    if number := case_number(text):
        return cases.named(number)
    if person := key_of_person(text):
        field, key = person
        return of_people(cases, Party.objects.filter(**{field: key}))
    words = search_query(text)
    if not words:
        return cases.none()
    return _with_words(cases, SearchQuery(words, search_type="raw", config="simple"))


def key_of_person(text: str) -> tuple[str, str] | None:
    """The column and the keyed hash of a phone or identity number; None for other texts."""
    if case_number(text):
        return None
    if _ID_NUMBER.fullmatch(identity := normalise_id(text)):
        return "id_number_key", blind_index(identity, "party.id_number")
    if _PHONE.fullmatch(phone := normalise_phone(text)):
        return "phone_key", blind_index(phone, "party.phone")
    return None


def of_people(cases: CaseQuerySet, people: QuerySet[Party]) -> CaseQuerySet:
    """The cases these people are parties of.

    Named by their ids, so that the database does not walk the newest cases looking for them.
    """
    found = people.order_by().values_list("case", flat=True)
    few = list(found[: FEW + 1])
    return cases.filter(pk__in=few) if len(few) <= FEW else cases.filter(pk__in=found)


def _with_words(cases: CaseQuerySet, query: SearchQuery) -> CaseQuerySet:
    """Few are named by their ids; for many, the newest cases are walked and looked at.

    The database cannot choose: it does not know how often words come together.
    """
    found = CaseWords.objects.filter(words=query).order_by()
    few = list(found.values_list("pk", flat=True)[: FEW + 1])
    return cases.filter(pk__in=few) if len(few) <= FEW else cases.filter(words__words=query)


def case_number(text: str) -> str:
    """The text as a short or full number; "" when it is something else."""
    bare = normalise_id(text).replace("—", "-").replace("–", "-")
    return bare if _SHORT.fullmatch(bare) or _FULL.fullmatch(bare) else ""


_BY_NUMBER = Prepared(lambda: Case.objects.filter(number=Given("number", CharField())).only("pk"))


def id_of(number: str) -> int | None:
    """The id of the case with that full number, visible or not: for the door, which looks."""
    case = _BY_NUMBER.first(number=number) if _FULL.fullmatch(number) else None
    return case.pk if case else None


def find_case(user: User, number: str) -> Case:
    """The case of that number with all its page shows; the newest where a short one repeats.

    Raises NotFound in the same words for a case that is not there and one not visible.
    """
    case = Case.objects.visible_to(user).named(number).for_detail().first()
    if case is None:
        raise NotFound(not_found(user, number))
    return case


def not_found(user: User, number: str) -> str:
    """What to say of a number that leads nowhere, with today's last one to compare."""
    number = number[:30]
    prefix = f"{clock.today():%m%d}-"
    if number.startswith(prefix):
        todays = Case.objects.visible_to(user).filter(short_number__startswith=prefix)
        last = todays.order_by("-pk").values_list("short_number", flat=True).first()
        if last:
            return f"没有编号 {number}。今天最大编号是 {last}，再核对一次"
    return f"没有编号 {number}，核对后再查"

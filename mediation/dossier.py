"""卷宗: the thirteen parts of a mediation's dossier, what is there, what is missing and why.

The order and what is 必须 or 按需 are those of the contents list that the ministry's forms of 2010
came with (domain.md §5.5).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from cases.composing import Paper
from cases.models import Attachment, Case, Document
from cases.paper_kinds import kind_of
from cases.vocabulary import PartyRole
from mediation.composing.keeping import holding
from mediation.composing.pages import pages_of
from mediation.dossier_loading import proceedings_of
from mediation.models import Agreement, DossierFile, Mediation, Session
from mediation.proceedings import principals
from zongzhi.lib import clock

Part = DossierFile.Part
KIND = Document.Kind
BACK = "back"
KEPT_FOR = ("永久", "长期", "短期", "30 年", "10 年")


@dataclass(frozen=True)
class Item:
    """A paper or a file that lies in a part."""

    name: str
    pages: int
    document: Document | None = None
    file: Attachment | None = None


@dataclass(frozen=True)
class Wanted:
    """A paper that belongs here and has not been made: the code of its button, and its name."""

    code: str
    label: str


@dataclass
class Section:
    """One of the thirteen parts."""

    n: int
    code: str
    name: str
    is_required: bool
    reason: str = ""  # why a part that is only 按需 belongs into this dossier
    items: list[Item] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)

    @property
    def needed(self) -> str:
        return "必须" if self.is_required else "按需"

    @property
    def pages(self) -> int:
        return sum(item.pages for item in self.items)


@dataclass(frozen=True)
class Dossier:
    """The parts of one dossier, in their order."""

    mediation: Mediation
    sections: list[Section]
    out: list[Item]  # files of the case that do not belong into it

    @property
    def pages(self) -> int:
        """With the back, which is a page of its own."""
        return sum(section.pages for section in self.sections)

    @property
    def missing(self) -> list[str]:
        return [text for section in self.sections for text in section.missing]

    def missing_but(self, part: str) -> list[str]:
        """What is missing elsewhere: the note that explains it does not speak of itself."""
        return [t for section in self.sections if section.code != part for t in section.missing]

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def lines(self) -> list[tuple[str, str, int]]:
        """For the 卷内目录: name, 必须 or 按需, pages."""
        return [(section.name, section.needed, section.pages) for section in self.sections]


# --- Where a file belongs -------------------------------------------------------------------------

# By what its name or its note says, the first that fits; nothing said is evidence.
_BY_NAME: tuple[tuple[str, tuple[str, ...]], ...] = (
    (Part.AGENCY, ("授权委托", "委托书", "代理")),
    (Part.IDENTITY, ("身份证", "户口", "营业执照", "证件", "身份证明", "户籍")),
    (Part.CONFIRMATION, ("司法确认", "裁定")),
    (Part.PERFORMANCE, ("收条", "收据", "汇款", "转账", "付款", "履行凭证", "领款")),
    (Part.RIGHTS, ("权利义务",)),
    (Part.AGREEMENT, ("协议",)),
    (Part.RECORD, ("调解记录", "调解笔录")),
    (Part.INQUIRY, ("调查",)),
    (Part.VISIT, ("回访",)),
    (Part.APPLICATION, ("申请书", "受理登记")),
)


def guessed(file: Attachment) -> str:
    """Where a file belongs by its name; a person may say otherwise."""
    said = f"{file.name} {file.note}"
    return next(
        (part for part, words in _BY_NAME if any(word in said for word in words)), Part.EVIDENCE
    )


def _placed(case: Case, mediation: Mediation) -> dict[str, list[Attachment]]:
    """The files of the case by part: what somebody said, what rows say, else the name.

    The signed paper of an agreement that is void, or of another proceeding, does not belong here.
    """
    chosen = {row.attachment_id: row.part for row in mediation.files.all()}
    held = holding(mediation)
    for other in proceedings_of(case):
        for agreement in other.agreements.all():
            if agreement.scan_id is not None:
                here = held is not None and agreement.pk == held.pk
                chosen.setdefault(agreement.scan_id, Part.AGREEMENT if here else Part.OUT)
    for agreement in mediation.agreements.all():
        for proof in _proofs(agreement):
            chosen.setdefault(proof, Part.PERFORMANCE)
    found: dict[str, list[Attachment]] = defaultdict(list)
    for file in case.attachments.all():
        found[chosen.get(file.pk) or guessed(file)].append(file)
    return found


def _proofs(agreement: Agreement) -> Iterator[int]:
    for term in agreement.terms.all():
        for row in term.performances.all():
            if row.proof_id is not None:
                yield row.proof_id


# --- The thirteen parts ---------------------------------------------------------------------------


@dataclass
class _Draft:
    """What the rules of the parts read, and where they write."""

    case: Case
    mediation: Mediation
    made: dict[tuple[str, int], Document]
    files: dict[str, list[Attachment]]

    def paper(self, section: Section, kind: Document.Kind, about: int, label: str = "") -> bool:
        """Put the newest version in, or the button that makes it; whether it is there."""
        name = f"{kind.label}{f'（{label}）' if label else ''}"
        document = self.made.get((kind.value, about))
        if document is None:
            section.wanted.append(Wanted(f"{kind.value}.{about}", name))
            return False
        paper = Paper.thawed(document.content)
        if self._is_stale(document):
            section.wanted.append(Wanted(f"{kind.value}.{about}", f"{name}（有变化，重新生成）"))
        section.items.append(Item(name, pages_of(paper), document=document))
        return True

    def _is_stale(self, document: Document) -> bool:
        """Whether it would say something else today. The note speaks of this list: not asked."""
        maker = kind_of(document.kind)
        if maker is None or document.kind == KIND.MED_NOTE:
            return False
        subject = next((a for a in maker.abouts(self.case) if a.pk == document.about), None)
        if subject is None:
            return False
        then = clock.local(document.made_at).date()
        return maker.compose(self.case, subject, document.number, then).frozen() != document.content

    def put(self, part: str) -> list[Attachment]:
        """What somebody has put into that part, whatever the file is called."""
        said = {row.attachment_id for row in self.mediation.files.all() if row.part == part}
        return [file for file in self.files.get(part, []) if file.pk in said]


def dossier_of(case: Case, mediation: Mediation) -> Dossier:
    """The dossier as it stands; the proceeding is one of `proceedings_of(case)`."""
    made: dict[tuple[str, int], Document] = {}
    for document in case.documents.filter(kind__startswith="med_").order_by("version"):
        made[document.kind, document.about] = document
    draft = _Draft(case, mediation, made, _placed(case, mediation))
    sections = []
    for n, (code, name, required, fill) in enumerate(_PARTS, start=1):
        section = Section(n, code, name, required)
        fill(draft, section)
        section.items += [
            Item(file.name, file.pages or 1, file=file) for file in draft.files.get(code, [])
        ]
        sections.append(section)
    lacking = [text for section in sections for text in section.missing]
    _explain(draft, sections, lacking)
    out = [Item(f.name, f.pages or 1, file=f) for f in draft.files.get(Part.OUT, [])]
    return Dossier(mediation, sections, out)


def _opened(draft: _Draft, section: Section) -> None:
    pk = draft.mediation.pk
    either = [
        draft.paper(section, KIND.MED_APPLICATION, pk),
        draft.paper(section, KIND.MED_INTAKE, pk),
    ]
    if not any(either) and not draft.files.get(Part.APPLICATION):
        section.missing.append("申请书或受理登记表，两份里至少要有一份")


def _told(draft: _Draft, section: Section) -> None:
    made = draft.paper(section, KIND.MED_RIGHTS, draft.mediation.pk)
    if not made and not draft.files.get(Part.RIGHTS):
        section.missing.append("当事人权利义务告知书")
    if draft.mediation.informed_on is None:
        section.missing.append("告知权利义务：没有记过哪天告知的")


def _identified(draft: _Draft, section: Section) -> None:
    parties = len(principals(draft.case.parties.all()))
    without = parties - len(draft.files.get(Part.IDENTITY, []))
    if without > 0:
        whose = f"{without} 位当事人" if without < parties else "当事人"
        section.missing.append(f"{whose}的身份证明（身份证、营业执照等复印件，一人一份）")


def _agents(draft: _Draft, section: Section) -> None:
    names = _agents_of(draft)
    if names:
        section.reason = f"{'、'.join(names)}代理"
        if not draft.files.get(Part.AGENCY):
            section.missing.append(f"授权委托书：{'、'.join(names)}代理当事人参加")


def _agents_of(draft: _Draft) -> list[str]:
    """Who appeared or signed for somebody else, each once."""
    named = [p.name for p in draft.case.parties.all() if p.role == PartyRole.AGENT]
    for session in draft.mediation.sessions.all():
        named += [row.agent for row in session.presences.all() if row.came and row.agent]
    for agreement in draft.mediation.agreements.all():
        named += [row.agent for row in agreement.signatures.all() if row.agent]
    return list(dict.fromkeys(named))


def _inquired(draft: _Draft, section: Section) -> None:
    for row in draft.mediation.inquiries.all():
        section.reason = "记过调查"
        if not draft.paper(section, KIND.MED_INQUIRY, row.pk, row.asked):
            section.missing.append(f"{row.asked}的调查记录，还没生成")


def _nothing(draft: _Draft, section: Section) -> None:
    """Only what has been handed in."""


def _recorded(draft: _Draft, section: Section) -> None:
    held = [row for row in draft.mediation.sessions.all() if row.state == Session.State.HELD]
    for row in held:
        day = f"{clock.local(row.starts_at):%m-%d}"
        if not draft.paper(section, KIND.MED_RECORD, row.pk, day):
            section.missing.append(f"{day} 的调解记录，还没生成")
    if not held and not draft.files.get(Part.RECORD):
        section.missing.append("调解记录")


def _agreed(draft: _Draft, section: Section) -> None:
    mediation, agreement = draft.mediation, holding(draft.mediation)
    if mediation.ended_on is not None and mediation.ending != Mediation.Ending.AGREED:
        section.reason = "没有调成，放终止告知书"
        if not draft.paper(section, KIND.MED_ENDED, mediation.pk):
            section.missing.append("调解终止告知书：没有调成，要告知当事人其他途径")
        return
    if agreement is None:
        section.missing.append("调解协议书")
        return
    oral = agreement.form == Agreement.Form.ORAL
    kind = KIND.MED_ORAL if oral else KIND.MED_AGREEMENT
    if not draft.paper(section, kind, agreement.pk):
        section.missing.append(f"{kind.label}，还没生成")
    if not oral and agreement.scan_id is None and not draft.put(Part.AGREEMENT):
        section.missing.append("签了字、盖了章的调解协议书")


def _performed(draft: _Draft, section: Section) -> None:
    agreement = holding(draft.mediation)
    if agreement is None:
        return
    paid = any(
        row.amount is not None for term in agreement.terms.all() for row in term.performances.all()
    )
    if paid:
        section.reason = "履行过付款"
        if not draft.files.get(Part.PERFORMANCE):
            section.missing.append("履行凭证：付过款，要有收条或汇款单")


def _visited(draft: _Draft, section: Section) -> None:
    agreement = holding(draft.mediation)
    if agreement is None:
        return
    called = draft.case.follow_ups.exists()
    made = draft.paper(section, KIND.MED_VISIT, draft.mediation.pk)
    if called:
        section.reason = "回访过"
        if not made and not draft.files.get(Part.VISIT):
            section.missing.append("回访记录，还没生成")


def _confirmed(draft: _Draft, section: Section) -> None:
    agreement = holding(draft.mediation)
    asked = getattr(agreement, "confirmation", None) if agreement else None
    if agreement is None or asked is None:
        return
    section.reason = "申请过司法确认"
    if not draft.paper(section, KIND.MED_CONFIRM, agreement.pk):
        section.missing.append("司法确认申请书，还没生成")
    if asked.outcome and not draft.files.get(Part.CONFIRMATION):
        section.missing.append("法院对司法确认的裁定或通知")


def _noted(draft: _Draft, section: Section) -> None:
    if draft.mediation.dossier_note:
        section.reason = "写了情况说明"
        if not draft.paper(section, KIND.MED_NOTE, draft.mediation.pk):
            section.missing.append("卷宗情况说明，还没生成")


def _closed(draft: _Draft, section: Section) -> None:
    """The back is made with the dossier itself: it is never missing."""
    section.items.append(Item(KIND.MED_BACK.label, 1))


def _explain(draft: _Draft, sections: Sequence[Section], lacking: Sequence[str]) -> None:
    """What is missing for good has to be explained in the note."""
    note = next(section for section in sections if section.code == Part.NOTE)
    if lacking and not draft.mediation.dossier_note:
        note.reason = "缺材料又补不上的，在这里说明"


_Fill = Callable[[_Draft, Section], None]
_PARTS: tuple[tuple[str, str, bool, _Fill], ...] = (
    (Part.APPLICATION, "申请书或受理登记表", True, _opened),
    (Part.RIGHTS, "当事人权利义务告知书", True, _told),
    (Part.IDENTITY, "身份证明", True, _identified),
    (Part.AGENCY, "授权委托书", False, _agents),
    (Part.INQUIRY, "调查记录", False, _inquired),
    (Part.EVIDENCE, "证据材料", False, _nothing),
    (Part.RECORD, "调解记录", True, _recorded),
    (Part.AGREEMENT, "调解协议书", True, _agreed),
    (Part.PERFORMANCE, "收条、汇款单等履行凭证", False, _performed),
    (Part.VISIT, "回访记录", False, _visited),
    (Part.CONFIRMATION, "司法确认有关材料", False, _confirmed),
    (Part.NOTE, "卷宗情况说明", False, _noted),
    (BACK, "封底", True, _closed),
)

from __future__ import annotations

from django.urls import path

from reports import (
    board_views,
    brief_views,
    bulletin_paper_views,
    bulletin_views,
    court_views,
    indicator_views,
    ledger_views,
    mine_views,
    scheme_views,
    screen_views,
    views,
)

app_name = "reports"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("board/", views.board, name="board"),
    path("reports/indicators/", indicator_views.dictionary, name="indicators"),
    path("reports/indicators/court/", court_views.court_intake, name="court_intake"),
    path("reports/behind/<slug:key>/", indicator_views.behind, name="behind"),
    path("reports/bulletins/", bulletin_views.bulletins, name="bulletins"),
    path("reports/bulletins/draft/", bulletin_views.draft, name="draft_bulletins"),
    path("reports/bulletins/<int:pk>/", bulletin_views.bulletin, name="bulletin"),
    path("reports/bulletins/<int:pk>/list/", bulletin_views.kept_list, name="bulletin_list"),
    path(
        "reports/bulletins/<int:pk>/take-back/", bulletin_views.take_back, name="take_back_bulletin"
    ),
    path(
        "reports/bulletins/<int:pk>/corrections/<int:slip_id>/print/",
        bulletin_paper_views.print_correction,
        name="print_correction",
    ),
    path("reports/bulletins/<int:pk>/recount/", bulletin_views.recount, name="recount_bulletin"),
    path("reports/bulletins/<int:pk>/send/", bulletin_views.send, name="send_bulletin"),
    path("reports/bulletins/<int:pk>/seal/", bulletin_views.seal, name="seal_bulletin"),
    path("reports/bulletins/<int:pk>/publish/", bulletin_views.publish, name="publish_bulletin"),
    path("reports/bulletins/<int:pk>/bonus/", bulletin_views.bonus, name="bulletin_bonus"),
    path(
        "reports/bulletins/<int:pk>/bonus/<int:bonus_id>/take-back/",
        bulletin_views.take_back_bonus,
        name="take_back_bonus",
    ),
    path(
        "reports/bulletins/<int:pk>/bonus/<int:bonus_id>/file/",
        bulletin_paper_views.bonus_file,
        name="bonus_file",
    ),
    path(
        "reports/bulletins/<int:pk>/objections/<int:objection_id>/",
        bulletin_views.answer,
        name="answer_objection",
    ),
    path("reports/bulletins/<int:pk>/units/<str:code>/", bulletin_views.unit, name="bulletin_unit"),
    path(
        "reports/bulletins/<int:pk>/units/<str:code>/agree/",
        bulletin_views.agree,
        name="agree_bulletin",
    ),
    path(
        "reports/bulletins/<int:pk>/units/<str:code>/correct/",
        bulletin_views.correct,
        name="correct_bulletin",
    ),
    path(
        "reports/bulletins/<int:pk>/print/",
        bulletin_paper_views.print_bulletin,
        name="print_bulletin",
    ),
    path("reports/bulletins/<int:pk>/word/", bulletin_paper_views.word, name="bulletin_word"),
    path("reports/bulletins/<int:pk>/excel/", bulletin_paper_views.excel, name="bulletin_excel"),
    path("reports/schemes/", scheme_views.scheme_list, name="schemes"),
    path("reports/schemes/<slug:group>/", scheme_views.scheme, name="scheme"),
    path("reports/mine/", mine_views.mine, name="mine"),
    path("reports/mine/<slug:key>/", mine_views.mine_list, name="mine_list"),
    path("board/opponent/<int:pk>/", board_views.opponent, name="opponent"),
    path("screen/", screen_views.screen, name="screen"),
    path("screen/data", screen_views.screen_data, name="screen_data"),
    path("screen/enter/", screen_views.enter_screen, name="enter_screen"),
    path("settings/displays/", screen_views.displays, name="displays"),
    path("settings/displays/<int:pk>/revoke/", screen_views.revoke, name="revoke_display"),
    path("reports/ledgers/", ledger_views.ledgers, name="ledgers"),
    path("reports/ledgers/entries/", ledger_views.mark, name="mark_entry"),
    path("reports/ledgers/edit/", ledger_views.edit_sheet, name="edit_sheet"),
    path("reports/ledgers/edit/<slug:number>/", ledger_views.edit_line, name="edit_line"),
    path("reports/ledgers/excel/", ledger_views.excel, name="ledger_excel"),
    path("reports/ledgers/sheets/<int:pk>/", ledger_views.sheet, name="sheet"),
    path("reports/ledgers/sheets/<int:pk>/list/", ledger_views.sheet_list, name="sheet_list"),
    path("reports/ledgers/sheets/<int:pk>/excel/", ledger_views.sheet_excel, name="sheet_excel"),
    path(
        "reports/ledgers/sheets/<int:pk>/correct/", ledger_views.correct_sheet, name="correct_sheet"
    ),
    path("reports/briefs/", brief_views.briefs, name="briefs"),
    path("reports/briefs/draft/", brief_views.draft, name="draft_brief"),
    path("settings/briefs/", brief_views.rhythm, name="brief_rhythm"),
    path("reports/briefs/<int:pk>/", brief_views.brief, name="brief"),
    path("reports/briefs/<int:pk>/list/", brief_views.brief_list, name="brief_list"),
    path("reports/briefs/<int:pk>/edit/<int:place>/", brief_views.edit, name="edit_brief"),
    path("reports/briefs/<int:pk>/review/", brief_views.review, name="review_brief"),
    path("reports/briefs/<int:pk>/matters/", brief_views.matter, name="brief_matter"),
    path("reports/briefs/<int:pk>/print/", brief_views.print_brief, name="print_brief"),
    path("reports/briefs/<int:pk>/word/", brief_views.word, name="brief_word"),
    path("visits/", views.visits, name="visits"),
]

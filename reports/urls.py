from __future__ import annotations

from django.urls import path

from reports import brief_views, indicator_views, ledger_views, views

app_name = "reports"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("board/", views.board, name="board"),
    path("reports/indicators/", indicator_views.dictionary, name="indicators"),
    path("reports/behind/<slug:key>/", indicator_views.behind, name="behind"),
    path("reports/ledgers/", ledger_views.ledgers, name="ledgers"),
    path("reports/ledgers/entries/", ledger_views.mark, name="mark_entry"),
    path("reports/ledgers/edit/", ledger_views.edit_sheet, name="edit_sheet"),
    path("reports/ledgers/excel/", ledger_views.excel, name="ledger_excel"),
    path("reports/ledgers/sheets/<int:pk>/", ledger_views.sheet, name="sheet"),
    path("reports/ledgers/sheets/<int:pk>/list/", ledger_views.sheet_list, name="sheet_list"),
    path("reports/ledgers/sheets/<int:pk>/excel/", ledger_views.sheet_excel, name="sheet_excel"),
    path(
        "reports/ledgers/sheets/<int:pk>/correct/", ledger_views.correct_sheet, name="correct_sheet"
    ),
    path("reports/briefs/", brief_views.briefs, name="briefs"),
    path("reports/briefs/<int:pk>/", brief_views.brief, name="brief"),
    path("reports/briefs/<int:pk>/list/", brief_views.brief_list, name="brief_list"),
    path("reports/briefs/<int:pk>/edit/<int:place>/", brief_views.edit, name="edit_brief"),
    path("reports/briefs/<int:pk>/review/", brief_views.review, name="review_brief"),
    path("reports/briefs/<int:pk>/matters/", brief_views.matter, name="brief_matter"),
    path("reports/briefs/<int:pk>/print/", brief_views.print_brief, name="print_brief"),
    path("reports/briefs/<int:pk>/word/", brief_views.word, name="brief_word"),
    path("visits/", views.visits, name="visits"),
]

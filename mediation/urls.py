from __future__ import annotations

from django.urls import path

from mediation import agreement_views, referral_views

app_name = "mediation"
urlpatterns = [
    path("agreements/", agreement_views.agreements, name="agreements"),
    path("agreements/<int:pk>/", agreement_views.agreement, name="agreement"),
    path("referrals/", referral_views.referrals, name="referrals"),
]

"""Addresses."""

from django.urls import include, path

from jobtwin.web.api.root import api

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("", include("jobtwin.web.urls")),
]

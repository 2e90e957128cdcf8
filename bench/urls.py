"""Every address of the product, and a page that does nothing: what Django and the server cost by themselves."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from lpse_support.urls import urlpatterns as product


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [*product, path("kosong/", empty)]

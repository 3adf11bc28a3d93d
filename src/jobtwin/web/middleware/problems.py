"""What the API did not answer itself (no such address, another method, a fault) becomes a problem too."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from jobtwin.web.api.problem import MEDIA_TYPE, problem

API = "/api/"
DETAILS = {
    400: ("bad_request", "The request could not be read."),
    404: ("not_found", "There is no such address."),
    405: ("method_not_allowed", "This address does not take this method."),
    413: ("too_large", "The body has more bytes than are read."),
}
FAULT = ("fault", "Something went wrong here. What you sent was not the cause.")


class ApiProblems:
    """Puts a problem in the place of a page of errors below API; the status and `Allow` stay."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        plain = response.headers.get("Content-Type", "").partition(";")[0] != MEDIA_TYPE
        if not request.path_info.startswith(API) or response.status_code < 400 or not plain:
            return response
        code, detail = DETAILS.get(response.status_code, FAULT)
        answer = problem(response.status_code, detail, code=code)
        if "Allow" in response.headers:
            answer["Allow"] = response.headers["Allow"]
        return answer

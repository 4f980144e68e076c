from django.http import HttpRequest, JsonResponse

from integrations.sandbox import errors
from integrations.sandbox.api.call import Api, ApiCall, Json, api_view


def status(_request: HttpRequest, **_path: Api) -> JsonResponse:
    """Health, without a token."""
    return JsonResponse({"tomcatUp": True, "dbConnectionOk": True, "overallOk": True})


@api_view
def unknown(_call: ApiCall, **_path: str) -> Json:
    raise errors.unknown_path()

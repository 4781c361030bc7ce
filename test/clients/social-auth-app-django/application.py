"""Django with social-auth-app-django and its backend for OpenID Connect: what its documentation sets."""

import os
import tempfile

import django
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.management import call_command
from django.http import HttpResponse, JsonResponse
from django.urls import include, path

settings.configure(
    DEBUG=True,
    SECRET_KEY="only for this run",
    ALLOWED_HOSTS=["localhost"],
    ROOT_URLCONF=__name__,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{tempfile.mkdtemp()}/db"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "social_django"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["social_core.backends.open_id_connect.OpenIdConnectAuth"],
    LOGIN_URL="/",
    LOGIN_REDIRECT_URL="/person",
    SOCIAL_AUTH_OIDC_OIDC_ENDPOINT=os.environ["ISSUER"],
    SOCIAL_AUTH_OIDC_KEY=os.environ["CLIENT_ID"],
    SOCIAL_AUTH_OIDC_SECRET=os.environ["CLIENT_SECRET"],
    # Added to openid profile email: without it there is no refresh token.
    SOCIAL_AUTH_OIDC_SCOPE=["offline_access"],
)


@login_required
def person(request):
    user = request.user
    account = user.social_auth.get(provider="oidc")
    return JsonResponse({"name": user.get_full_name(), "email": user.email, "uid": account.uid, "username": user.username})


@login_required
def refresh(request):
    from social_django.utils import load_strategy

    account = request.user.social_auth.get(provider="oidc")
    account.refresh_token(load_strategy())
    return JsonResponse({"token": account.extra_data["access_token"]})


def start(request):
    return HttpResponse('<form method="post" action="/login/oidc/"><button>Sign in</button></form>')


def leave(request):
    logout(request)
    return HttpResponse("Signed out.")


django.setup()
urlpatterns = [
    path("", start),
    path("person", person),
    path("refresh", refresh),
    path("leave", leave),
    path("", include("social_django.urls", namespace="social")),
]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    call_command("runserver", os.environ["PORT"], use_reloader=False)

"""Django with mozilla-django-oidc: what its documentation sets, and nothing else."""

import os
import tempfile

import django
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.management import call_command
from django.http import HttpResponse, JsonResponse
from django.urls import include, path

ISSUER = os.environ["ISSUER"]
HERE = f"http://localhost:{os.environ['PORT']}"


def leave(request):
    """Where the library sends the browser after its own session has ended."""
    from urllib.parse import urlencode

    hint = {"id_token_hint": request.session["oidc_id_token"], "post_logout_redirect_uri": f"{HERE}/"}
    return f"{ISSUER}/sign-out?{urlencode(hint)}"


settings.configure(
    DEBUG=True,
    SECRET_KEY="only for this run",
    ALLOWED_HOSTS=["localhost"],
    ROOT_URLCONF=__name__,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{tempfile.mkdtemp()}/db"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "mozilla_django_oidc"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "mozilla_django_oidc.middleware.SessionRefresh",
    ],
    AUTHENTICATION_BACKENDS=["mozilla_django_oidc.auth.OIDCAuthenticationBackend"],
    LOGIN_URL="/oidc/authenticate/",
    LOGIN_REDIRECT_URL="/person",
    LOGIN_REDIRECT_URL_FAILURE="/failed",
    LOGOUT_REDIRECT_URL="/",
    OIDC_RP_CLIENT_ID=os.environ["CLIENT_ID"],
    OIDC_RP_CLIENT_SECRET=os.environ["CLIENT_SECRET"],
    OIDC_OP_AUTHORIZATION_ENDPOINT=f"{ISSUER}/authorize",
    OIDC_OP_TOKEN_ENDPOINT=f"{ISSUER}/token",
    OIDC_OP_USER_ENDPOINT=f"{ISSUER}/userinfo",
    # Its default is HS256 with the client secret.
    OIDC_RP_SIGN_ALGO="RS256",
    OIDC_OP_JWKS_ENDPOINT=f"{ISSUER}/jwks",
    # Every page after a second, so that the silent sign-in is seen.
    OIDC_RENEW_ID_TOKEN_EXPIRY_SECONDS=1,
    OIDC_STORE_ID_TOKEN=True,
    OIDC_OP_LOGOUT_URL_METHOD=f"{__name__}.leave",
)


@login_required
def person(request):
    expires = request.session["oidc_id_token_expiration"]
    return JsonResponse({"email": request.user.email, "expires": expires})


def start(request):
    form = '<form method="post" action="/oidc/logout/"><button>Sign out</button></form>'
    return HttpResponse(form if request.user.is_authenticated else "Signed out.")


django.setup()
urlpatterns = [
    path("", start),
    path("person", person),
    path("failed", lambda request: HttpResponse("The library refused the sign-in.")),
    path("oidc/", include("mozilla_django_oidc.urls")),
]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    call_command("runserver", os.environ["PORT"], use_reloader=False)

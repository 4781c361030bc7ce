"""A web application with requests-oauthlib and no framework: the library's web application flow."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from requests_oauthlib import OAuth2Session

# The issuer of a development machine has no TLS.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
ISSUER, PORT = os.environ["ISSUER"], os.environ["PORT"]
CLIENT = {"client_id": os.environ["CLIENT_ID"], "client_secret": os.environ["CLIENT_SECRET"]}
SESSION = OAuth2Session(
    CLIENT["client_id"],
    redirect_uri=f"http://localhost:{PORT}/callback",
    scope=["openid", "profile", "email", "offline_access"],
    pkce="S256",
)


class Application(BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/":
            address, _state = SESSION.authorization_url(f"{ISSUER}/authorize")
            self.send_response(302)
            self.send_header("Location", address)
            self.end_headers()
            return
        try:
            answer = ANSWERS[path](f"http://localhost:{PORT}{self.path}")
        except Exception as error:  # what the library says is the result
            answer = {"error": str(error)}
        self.send_response(500 if "error" in answer else 200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())


def callback(address):
    SESSION.fetch_token(f"{ISSUER}/token", authorization_response=address, client_secret=CLIENT["client_secret"])
    return SESSION.get(f"{ISSUER}/userinfo").json()


def refresh(_address):
    token = SESSION.refresh_token(f"{ISSUER}/token", **CLIENT)
    return {"token": token["access_token"], **SESSION.get(f"{ISSUER}/userinfo").json()}


ANSWERS = {"/callback": callback, "/refresh": refresh}

server = ThreadingHTTPServer(("127.0.0.1", int(PORT)), Application)
print("listening", flush=True)
server.serve_forever()

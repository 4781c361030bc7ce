"""A web application with pyoidc, after the example of its documentation, which sends state and nonce."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from oic import rndstr
from oic.oic import Client
from oic.oic.message import AuthorizationResponse, RegistrationResponse
from oic.utils.authn.client import CLIENT_AUTHN_METHOD

ISSUER, PORT = os.environ["ISSUER"], os.environ["PORT"]
HERE = f"http://localhost:{PORT}/callback"
STATE, NONCE = rndstr(), rndstr()

client = Client(client_authn_method=CLIENT_AUTHN_METHOD)
client.provider_config(ISSUER)
client.store_registration_info(
    RegistrationResponse(client_id=os.environ["CLIENT_ID"], client_secret=os.environ["CLIENT_SECRET"])
)


def home(_query):
    asked = {
        "client_id": client.client_id,
        "response_type": "code",
        "scope": ["openid", "profile", "email", "offline_access"],
        "nonce": NONCE,
        "redirect_uri": HERE,
        "state": STATE,
    }
    return client.construct_AuthorizationRequest(request_args=asked).request(client.authorization_endpoint)


def callback(query):
    response = client.parse_response(AuthorizationResponse, info=query, sformat="urlencoded")
    tokens = client.do_access_token_request(
        state=response["state"],
        request_args={"code": response["code"], "redirect_uri": HERE},
        authn_method="client_secret_basic",
    )
    # The library has compared the nonce of the ID token.
    return {**client.do_user_info_request(state=STATE).to_dict(), "key": tokens["id_token"]["sub"]}


def refresh(_query):
    client.do_access_token_refresh(state=STATE, authn_method="client_secret_basic")
    return client.do_user_info_request(state=STATE).to_dict()


class Application(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/":
            self.send_response(302)
            self.send_header("Location", home(query))
            self.end_headers()
            return
        try:
            answer = {"/callback": callback, "/refresh": refresh}[path](query)
        except Exception as error:  # what the library says is the result
            answer = {"error": repr(error)}
        self.send_response(500 if "error" in answer else 200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())


server = ThreadingHTTPServer(("127.0.0.1", int(PORT)), Application)
print("listening", flush=True)
server.serve_forever()

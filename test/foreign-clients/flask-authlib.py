"""An application as the documentation of Authlib for Flask has it."""

import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session, url_for

ISSUER = os.environ["ISSUER"]
PORT = int(os.environ["PORT"])
HERE = f"http://localhost:{PORT}"

app = Flask(__name__)
app.secret_key = "a long and random string of this test"

oauth = OAuth(app)
oauth.register(
    "vestibule",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
)


@app.route("/")
def home():
    return "Hello" if "user" in session else 'Nobody is signed in. <a href="/login">Sign in here</a>'


@app.route("/person")
def person():
    user = session["user"]
    return f'Hello {user["name"]}, {user["email"]}. <a href="/logout">Sign out here</a>'


@app.route("/login")
def login():
    return oauth.vestibule.authorize_redirect(url_for("callback", _external=True))


@app.route("/callback")
def callback():
    token = oauth.vestibule.authorize_access_token()
    session["user"] = oauth.vestibule.userinfo(token=token)
    session["id_token"] = token["id_token"]
    return redirect("/")


@app.route("/logout")
def logout():
    hint = session.pop("id_token")
    session.clear()
    metadata = oauth.vestibule.load_server_metadata()
    return redirect(
        f'{metadata["end_session_endpoint"]}?id_token_hint={hint}&post_logout_redirect_uri={HERE}/'
    )


print(f"open {HERE}", flush=True)
app.run(host="127.0.0.1", port=PORT)

// Sign-in with nothing but what every browser has: no library, no secret. Tokens stay in memory and end with the page.
const { issuer, clientId, api } = await (await fetch("settings.json")).json();
const discovered = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
const here = `${location.origin}/`;

const encode = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const random = () => encode(crypto.getRandomValues(new Uint8Array(32)));
const digest = async (text) => encode(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

async function signIn() {
  const [verifier, state] = [random(), random()];
  sessionStorage.setItem("sign-in", JSON.stringify({ verifier, state }));
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    redirect_uri: here,
    scope: api ? "openid profile invoices:read" : "openid profile",
    state,
    code_challenge: await digest(verifier),
    code_challenge_method: "S256",
  });
  location.assign(`${discovered.authorization_endpoint}?${query}`);
}

async function finish(answer) {
  const { verifier, state } = JSON.parse(sessionStorage.getItem("sign-in") ?? "{}");
  sessionStorage.removeItem("sign-in");
  history.replaceState(null, "", here);
  // RFC 9207: the answer is this issuer's, and belongs to what this page has asked.
  if (answer.get("iss") !== issuer || answer.get("state") !== state) throw new Error("not our answer");
  if (answer.has("error")) throw new Error(answer.get("error"));
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: clientId,
    code: answer.get("code"),
    redirect_uri: here,
    code_verifier: verifier,
  });
  const redeemed = await fetch(discovered.token_endpoint, { method: "POST", body });
  if (!redeemed.ok) throw new Error("the code was refused");
  const tokens = await redeemed.json();
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  // A key for stored data would be `issuer` and the person's `sub`, never a name or an email address: administrators type those.
  if (!api) {
    const person = await (await fetch(discovered.userinfo_endpoint, { headers })).json();
    return { tokens, says: `Hello ${person.name}` };
  }
  // The access token is for the resource server, and not for userinfo: the name is in the ID token, which came from the issuer itself.
  const invoices = await (await fetch(api, { headers })).text();
  return { tokens, says: `Hello ${nameIn(tokens.id_token)}, invoices: ${invoices}` };
}

function nameIn(idToken) {
  const [, payload] = idToken.replaceAll("-", "+").replaceAll("_", "/").split(".");
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (one) => one.charCodeAt(0))))
    .name;
}

const show = (text, button) => {
  document.querySelector("#who").textContent = text;
  document.querySelector(button).hidden = false;
};
const answer = new URLSearchParams(location.search);
document.querySelector("#sign-in").addEventListener("click", signIn);
try {
  const done = answer.has("state") ? await finish(answer) : null;
  show(done ? done.says : "You are not signed in", done ? "#sign-out" : "#sign-in");
  document.querySelector("#sign-out").addEventListener("click", () => {
    const query = new URLSearchParams({
      id_token_hint: done.tokens.id_token,
      post_logout_redirect_uri: here,
    });
    location.assign(`${discovered.end_session_endpoint}?${query}`);
  });
} catch (error) {
  show(`The sign-in failed: ${error.message}`, "#sign-in");
}

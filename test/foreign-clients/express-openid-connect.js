// An application as the README of express-openid-connect has it, with the code flow instead of its older default.
import express from "express";
import connect from "express-openid-connect";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
const here = `http://localhost:${PORT}`;
const { auth, requiresAuth } = connect;
const app = express();

app.use(
  auth({
    issuerBaseURL: ISSUER,
    baseURL: here,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: "a long and random string of this test",
    idpLogout: true,
    authRequired: false,
    authorizationParams: { response_type: "code", scope: "openid profile email offline_access" },
    backchannelLogout: false,
  }),
);
app.get("/", (request, response) => {
  response.send(
    request.oidc.isAuthenticated() ? "Hello" : 'Nobody is signed in. <a href="/login">Sign in here</a>',
  );
});
app.get("/person", requiresAuth(), async (request, response) => {
  const person = await request.oidc.fetchUserInfo();
  response.send(`Hello ${person.name}, ${person.email}. <a href="/logout">Sign out here</a>`);
});
app.get("/refresh", requiresAuth(), async (request, response) => {
  const { access_token: renewed } = await request.oidc.accessToken.refresh();
  response.send(renewed ? "Renewed" : "Not renewed");
});
app.listen(Number(PORT), "127.0.0.1", () => console.log(`open ${here}`));

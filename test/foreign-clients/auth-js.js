// An application as the documentation of Auth.js for Express has it, with a provider of type "oidc".
import { ExpressAuth, getSession } from "@auth/express";
import express from "express";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
const here = `http://localhost:${PORT}`;
const app = express();

const vestibule = {
  id: "vestibule",
  name: "Vestibule",
  type: "oidc",
  issuer: ISSUER,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  checks: ["pkce", "state", "nonce"],
  idToken: false,
  // Its page would fetch a picture from another machine.
  style: { logo: "data:," },
};
const config = { providers: [vestibule], secret: "a long and random string of this test", trustHost: true };

app.use("/auth", ExpressAuth(config));
app.get("/", async (request, response) => {
  const session = await getSession(request, config);
  response.send(session ? "Hello" : 'Nobody is signed in. <a href="/auth/signin">Sign in here</a>');
});
app.get("/person", async (request, response) => {
  const { user } = (await getSession(request, config)) ?? {};
  response.send(`Hello ${user?.name}, ${user?.email}. <a href="/auth/signout">Sign out here</a>`);
});
app.listen(Number(PORT), "127.0.0.1", () => console.log(`open ${here}`));

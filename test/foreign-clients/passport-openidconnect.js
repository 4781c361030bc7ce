// An application as the README of passport-openidconnect has it. It cannot send PKCE: a nonce stands for it, or the audited exception.
import express from "express";
import session from "express-session";
import passport from "passport";
import OpenIDConnectStrategy from "passport-openidconnect";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT, NONCE } = process.env;
const here = `http://localhost:${PORT}`;
const app = express();

passport.use(
  new OpenIDConnectStrategy(
    {
      issuer: ISSUER,
      authorizationURL: `${ISSUER}/authorize`,
      tokenURL: `${ISSUER}/token`,
      userInfoURL: `${ISSUER}/userinfo`,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: `${here}/callback`,
      scope: "profile email",
      ...(NONCE ? { nonce: true } : {}),
      // Name and mail address are in the userinfo answer, not in the ID token.
      skipUserProfile: false,
    },
    (issuer, profile, done) => done(null, { name: profile.displayName, mail: profile.emails?.[0]?.value }),
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

app.use(
  session({ secret: "a long and random string of this test", resave: false, saveUninitialized: false }),
);
app.use(passport.session());
app.get("/login", passport.authenticate("openidconnect"));
app.get("/callback", passport.authenticate("openidconnect", { successRedirect: "/", failureMessage: true }));
app.get("/", ({ user }, response) => {
  response.send(user ? "Hello" : 'Nobody is signed in. <a href="/login">Sign in here</a>');
});
app.get("/person", ({ user }, response) => {
  response.send(`Hello ${user?.name}, ${user?.mail}. <a href="/logout">Sign out here</a>`);
});
app.get("/logout", (request, response, next) => {
  request.logout((fault) => (fault ? next(fault) : response.redirect("/")));
});
app.listen(Number(PORT), "127.0.0.1", () => console.log(`open ${here}`));

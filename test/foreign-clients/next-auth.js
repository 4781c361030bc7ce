// Stands for the package of this name: Auth.js in Express, with the pages that an application of Next.js would have.
import { ExpressAuth, getSession } from "@auth/express";

const { app } = globalThis;

export default function NextAuth(config) {
  // Its own page would fetch a picture of the provider from another machine.
  const providers = config.providers.map((provider) => ({ ...provider, style: { logo: "data:," } }));
  const complete = { ...config, providers, secret: process.env.SESSION_SECRET, trustHost: true };
  app.use("/api/auth", ExpressAuth(complete));
  const auth = (request) => getSession(request, complete);
  app.get("/person", async (request, response) => {
    const { user, fault } = (await auth(request)) ?? {};
    response.json({ iss: user?.iss, sub: user?.sub, name: user?.name, ...(fault ? { fault } : {}) });
  });
  app.get("/sign-out", async (request, response) => {
    const { signOutAt } = await auth(request);
    response.redirect(`/api/auth/signout?callbackUrl=${encodeURIComponent(signOutAt)}`);
  });
  return { handlers: {}, auth };
}

import { createServer, type RequestListener } from "node:http";

/** A small site on this machine for one suite; answers its port once the suite runs. */
export function useLocalSite(answer: RequestListener): () => number {
  const server = createServer(answer);
  before((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  after((done) => {
    server.close(() => {
      done();
    });
    server.closeAllConnections();
  });
  return () => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };
}

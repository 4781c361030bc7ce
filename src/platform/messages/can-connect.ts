import { connect } from "node:net";

/** Whether the host of an address takes connections. Sends nothing. */
export function canConnect({ hostname, port, protocol }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const usual = protocol === "https:" ? 443 : 80;
    const socket = connect({ host: hostname, port: port === "" ? usual : Number(port), timeout: 3_000 });
    const answer = (can: boolean) => () => {
      socket.destroy();
      resolve(can);
    };
    socket.once("connect", answer(true)).once("error", answer(false)).once("timeout", answer(false));
  });
}

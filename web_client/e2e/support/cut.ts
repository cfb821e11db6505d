/** A wire between page and server that a test can cut. */

import { createServer, connect, type Socket } from "node:net";

export interface Wire {
  url: string;
  /** Break every open connection; new ones are let through. */
  cut(): void;
  close(): void;
}

export async function wireTo(serverUrl: string): Promise<Wire> {
  const port = Number(new URL(serverUrl).port);
  const open = new Set<Socket>();
  const relay = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [[near, far], [far, near]] as const) {
      open.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((done) => relay.listen(0, "127.0.0.1", done));
  const address = relay.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const cut = (): void => open.forEach((socket) => socket.destroy());
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut,
    close() {
      cut();
      relay.close();
    },
  };
}

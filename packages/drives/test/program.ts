/** Servers that tests start as processes of their own: a free port, waiting until they answer, an end. */
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";

/** Starts something at a port of the loopback that nobody listens at; at another one when somebody took it meanwhile, which its error tells. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (tries === 5 || !String(error).includes("address already in use")) throw error;
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Waits until something answers there, a refusal too, for five minutes at most; throws what the program said when it ends before. */
export async function untilUp(url: string, child: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; child.exitCode === null && tries < 6000; tries++) {
    const isUp = await fetch(url).then(
      answer => answer.status > 0,
      () => false,
    );
    if (isUp) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error(`the server at ${url} did not start: ${said()}`);
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise(resolve => child.once("close", resolve));
  child.kill("SIGKILL");
  await closed;
}

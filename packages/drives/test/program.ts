/** Servers that tests start as processes of their own: a free port, waiting until they answer, an end. */
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";

/** A port of the loopback that nobody listens at now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Waits until something answers there, a refusal too; throws what the program said when it ends before. */
export async function untilUp(url: string, child: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; child.exitCode === null && tries < 1200; tries++) {
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

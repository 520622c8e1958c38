/**
 * The port, asked by somebody who writes bytes to it: nothing that comes over a socket is answered by a 500, changes a ref, or keeps the server from others.
 *
 * `SHEAF_RUNS` looks longer; `hostile.real.test.ts` does the same to a process.
 */
import { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { allRoutes, exchangeRoutes, listen, Service } from "@sheaf/server";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { send, statusesOf, wires } from "./hostile/wire.js";

async function start(idleMs = 100) {
  const drive = new MemoryDrive();
  const author = () => ({ name: "Server", email: "server@example.org" });
  const repo = await Repository.open(drive, { platform: nodePlatform, create: true, author });
  await repo.dataset("qa").import([{ id: "q1" }], { key: "id" });
  const errors: unknown[] = [];
  const service = new Service({
    repo,
    routes: [...allRoutes, ...exchangeRoutes("evals")],
    door: { hosts: new Set(["127.0.0.1", "localhost", "[::1]"]), origins: new Set() },
    isPrivate: true,
    limits: { jsonBytes: 100_000, uploadBytes: 100_000 },
    log: ({ error }) => void (error !== undefined && errors.push(error)),
  });
  const listening = await listen(service, { host: "127.0.0.1", port: 0, idleMs, headMs: idleMs });
  onTestFinished(() => listening.stop(0));
  const state = async () => {
    const names: string[] = [];
    for await (const name of drive.list("")) names.push(name);
    return names.join("\n");
  };
  return { ...listening, service, repo, state, errors };
}

test("law: whatever bytes are sent, none is answered by a 500, the server stays as it was and answers others", async () => {
  const server = await start();
  const before = await server.state();
  await fc.assert(
    fc.asyncProperty(fc.array(wires, { minLength: 16, maxLength: 16 }), async all => {
      const answers = await Promise.all(all.map(bytes => send(server.port, bytes)));
      answers.forEach((answer, i) => {
        if (statusesOf(answer).some(status => status >= 500 && status !== 505))
          throw new Error(`${all[i].subarray(0, 500).toString("latin1")}\n→ ${answer.slice(0, 500)}`);
      });
      expect(server.errors).toEqual([]);
    }),
    { numRuns: Number(process.env["SHEAF_RUNS"] ?? 100) / 10 },
  );
  expect(await server.state()).toBe(before);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await expect.poll(() => server.service.inFlight).toBe(0);
});

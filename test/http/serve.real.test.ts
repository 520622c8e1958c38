/** Servers as processes: several over one folder, killed while clients write. Loses nothing that it said was done. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { freshShell } from "../cli/shell.js";

const program = fileURLToPath(new URL("../../packages/sheaf/bin/sheaf.cjs", import.meta.url));

async function start(folder: string): Promise<{ url: string; child: ChildProcess }> {
  const words = ["serve", "--port", "0", "--no-log", "--json"];
  const child = spawn(process.execPath, [program, ...words], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout ?? child, "data")) as [Buffer];
  return { url: (JSON.parse(line.toString()) as { url: string }).url, child };
}

const add = (url: string, id: string) =>
  fetch(`${url}/api/v1/datasets/qa`, {
    method: "PATCH",
    headers: { "content-type": "application/json-patch+json" },
    body: JSON.stringify([{ op: "add", path: `/items/${id}`, value: { n: 1 } }]),
  });

test("two servers over one folder serve one repository; one is killed while clients write, and what was acknowledged is there", async () => {
  const shell = freshShell();
  await shell.sheaf("init");
  await shell.sheaf("dataset", "create", "qa");
  const [first, second] = [await start(shell.folder), await start(shell.folder)];
  const acknowledged: string[] = [];
  const write = async (url: string, name: string, count: number) => {
    for (let i = 0; i < count; i++) {
      const answer = await add(url, `${name}-${i}`).catch(() => undefined);
      if (!answer) return;
      if (answer.ok) acknowledged.push(`${name}-${i}`);
      if (name === "b0" && i === 10) second.child.kill("SIGKILL");
    }
  };
  await Promise.all([
    ...[0, 1, 2].map(i => write(first.url, `a${i}`, 20)),
    ...[0, 1, 2].map(i => write(second.url, `b${i}`, 1000)),
  ]);
  const ids = new Set((await shell.json("rows", "qa", "--limit", "10000")).map(({ id }) => id as string));
  expect(acknowledged.filter(id => !ids.has(id))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(60);
  await shell.sheaf("verify");
  first.child.kill("SIGTERM");
  expect((await once(first.child, "exit"))[0]).toBe(0);
});

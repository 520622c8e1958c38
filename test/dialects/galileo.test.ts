/** Galileo's dialect by the requests that its SDKs and its reference send. */
import { expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { Town } from "./town.js";

const towns: Town[] = [];

async function open(): Promise<Town> {
  const town = await Town.open();
  towns.push(town);
  return town;
}

test("start-up: a health check that is truthy, a log-in with any key where no tokens are needed, and who it is", async () => {
  const town = await open();
  expect((await town.ask("GET", "/galileo/healthcheck")).body).toMatchObject({ version: expect.any(String) as string });
  expect((await town.ask("POST", "/galileo/login/api_key", { api_key: "k" })).body).toEqual({
    access_token: "k",
    token_type: "bearer",
  });
  const form = new URLSearchParams({ username: "ada", password: "p" }).toString();
  const urlencoded = { "content-type": "application/x-www-form-urlencoded" };
  expect((await town.ask("POST", "/galileo/v2/login", form, urlencoded)).body).toMatchObject({ access_token: "p" });
  const bearer = { authorization: "Bearer k" };
  expect((await town.ask("POST", "/galileo/refresh_token", undefined, bearer)).body).toMatchObject({
    access_token: "k",
  });
  expect((await town.ask("GET", "/v2/current_user", undefined, { "galileo-api-key": "k" })).body).toMatchObject({
    email: "server@example.org",
    role: "user",
  });
});

test("the operations that were used", () => expectExercised("galileo", "recorded exchanges", towns));

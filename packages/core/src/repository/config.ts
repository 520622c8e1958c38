/** The repository's configuration: a log of its own, whose value is one JSON object with keys such as `user.name`. */
import { badInput } from "../errors.js";
import { parseJson, printJson } from "../item/json.js";
import { isObject, setKey, type Value, type ValueObject } from "../item/value.js";
import { orNobody, type Context } from "./context.js";
import { writeLog } from "./heads.js";

const configLog = "config";

export class Config {
  constructor(readonly context: Context) {}

  /** Everything that is set. */
  async all(): Promise<ValueObject> {
    return valueOf((await this.context.logs.read(configLog))?.value);
  }

  async get(key: string): Promise<Value | undefined> {
    const all = await this.all();
    return Object.hasOwn(all, key) ? all[key] : undefined;
  }

  /** Sets a key. Throws bad-input unless it is of the form `section.name`. */
  async set(key: string, value: Value): Promise<void> {
    if (!/^[a-z][a-z0-9-]*(\.[^\s\p{Cc}]+)?\.[A-Za-z0-9_-]+$/u.test(key))
      throw badInput(`${JSON.stringify(key)} is not a configuration key; write section.name, as in user.email`);
    await this.update(`config ${key}`, all => setKey(all, key, value));
  }

  /** Removes a key; says whether it was set. */
  async unset(key: string): Promise<boolean> {
    let was = false;
    await this.update(`config --unset ${key}`, all => {
      was = Object.hasOwn(all, key);
      delete all[key];
    });
    return was;
  }

  /** Changes several keys at once; `command` is what the log says of it. */
  async update(command: string, change: (all: ValueObject) => void): Promise<void> {
    for (;;) {
      const entry = await this.context.logs.read(configLog);
      const all = valueOf(entry?.value);
      change(all);
      if (await writeLog(orNobody(this.context), configLog, entry, printJson(all), command)) return;
    }
  }
}

function valueOf(text: string | null | undefined): ValueObject {
  const value = text === null || text === undefined ? {} : parseJson(text);
  return isObject(value) ? value : {};
}

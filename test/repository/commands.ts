/** Commands of the model-based test. Each draws what it needs from numbers and does nothing where the state does not allow it. */
import * as fc from "fast-check";
import { agree, type Model, type World } from "./world.js";

/** Numbers from which a command draws its choices. */
export class Dice {
  #at = 0;
  constructor(readonly numbers: readonly number[]) {}

  /** From 0 to `sides` − 1. */
  roll(sides: number): number {
    return this.numbers[this.#at++ % this.numbers.length] % sides;
  }

  pick<T>(list: readonly T[]): T | undefined {
    return list[this.roll(Math.max(1, list.length))];
  }

  /** True once in `sides` rolls. */
  chance(sides: number): boolean {
    return this.roll(sides) === 0;
  }
}

/** One kind of command: acts on both sides, and compares. */
export type Deed = (model: Model, world: World, dice: Dice) => Promise<void>;

class Command implements fc.AsyncCommand<Model, World> {
  constructor(
    readonly deed: Deed,
    readonly numbers: readonly number[],
  ) {}

  check(): boolean {
    return true;
  }

  async run(model: Model, world: World): Promise<void> {
    await this.deed(model, world, new Dice(this.numbers));
    await agree(model, world);
  }

  toString(): string {
    return `${this.deed.name}(${this.numbers.join()})`;
  }
}

/** Long lists of random commands of these kinds. */
export function commandsOf(deeds: readonly Deed[], maxCommands: number): fc.Arbitrary<Command[]> {
  const numbers = fc.array(fc.nat(9999), { minLength: 14, maxLength: 14, size: "max" });
  const command = fc.tuple(fc.constantFrom(...deeds), numbers).map(([deed, list]) => new Command(deed, list));
  return fc.array(command, { minLength: maxCommands >> 1, maxLength: maxCommands, size: "max" });
}

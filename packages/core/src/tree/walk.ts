/** A walk over one tree in order that decides at every subtree whether to go in: what a diff is made of. */
import type { Node } from "./node.js";

const none: Map<number, Node> = new Map();

/** One node on a walk's way down, and the entry that comes next. */
export interface Step {
  readonly node: Node;
  i: number;
  /** Children that were loaded beforehand. */
  readonly loaded: Map<number, Node>;
}

/** A walk over one tree in order, that stands before an entry of a leaf or before a whole subtree. */
export class Walk {
  /** From the root down; the last one is where the walk stands, and it is never used up. Empty: the walk is over. */
  readonly steps: Step[] = [];

  constructor(
    top: Node,
    readonly from: Uint8Array | undefined,
    readonly to: Uint8Array | undefined,
  ) {
    this.push(top);
  }

  get here(): Step | undefined {
    return this.steps[this.steps.length - 1];
  }

  /** Goes into a node. Past its entries before `from`; a subtree is where its last key is. */
  push(node: Node): void {
    const i = this.from === undefined ? 0 : node.lowerBound(this.from);
    this.steps.push({ node, i, loaded: node.level === 0 ? none : new Map<number, Node>() });
    this.#climb();
  }

  /** Goes past what stands next. */
  advance(): void {
    const step = this.steps[this.steps.length - 1];
    // All that follows is greater than this key, so that `to` ends the walk here.
    const ends = step.node.level > 0 && this.#reaches(step, step.i);
    step.i++;
    if (ends) this.steps.length = 0;
    else this.#climb();
  }

  /** Goes into the subtree that stands next. */
  enter(child: Node): void {
    this.push(child);
  }

  #climb(): void {
    while (this.steps.length > 0) {
      const step = this.steps[this.steps.length - 1];
      const { node, i } = step;
      if (i < node.count) {
        if (node.level === 0 && this.#reaches(step, i)) this.steps.length = 0;
        return;
      }
      this.steps.pop();
      const above = this.here;
      if (above === undefined) return;
      if (this.#reaches(above, above.i)) this.steps.length = 0;
      else above.i++;
    }
  }

  #reaches({ node }: Step, i: number): boolean {
    return this.to !== undefined && node.compareKey(i, this.to, 0, this.to.length) >= 0;
  }
}

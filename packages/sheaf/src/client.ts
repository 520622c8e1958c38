/** A Sheaf server as typed functions: `import { connect } from "sheaf/client"`. Needs nothing of Node, so that it works in browsers too. */
export * from "@sheaf/client";

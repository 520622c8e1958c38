/** What Galileo's SDKs find here: see `compatibility.test.ts`. */
import type { VendorTable } from "./table.js";

export const galileoTable: VendorTable = {
  dialect: "galileo",
  title: "Galileo v2",
  guide: "galileo.md",
  operations: {
    healthcheck: { methods: ["(every call)"] },
    login_api_key: {
      methods: ["(every call)"],
      differs: "The token is the key itself, which is a token of the server.",
    },
    login_email: { differs: "The password is a token of the server; the name is not looked at." },
    refresh_token: { differs: "Gives the same token: tokens last until they are revoked." },
    current_user: { differs: "The person of the token." },
  },
};

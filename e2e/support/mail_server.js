// A real Dovecot on loopback (`readdress-dovecot`), for flows in which a mail comes by itself.
// Not here: which mails are delivered (the played services do, or the flow itself).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ask_cli } from "./cli.js";
import { dovecot } from "./places.js";

/** The variable in which `readdress-cli` finds the mailbox's password. */
const PASSWORD = "READDRESS_E2E_MAIL_PASSWORD";

/** `told`: `{host, imaps, lmtp, ca, user, password, …}`. */
export async function start_mail_server() {
  const server = spawn(dovecot, [], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const line = await lines.next();
    if (line.done) throw new Error("readdress-dovecot ended");
    return JSON.parse(line.value);
  };
  const told = await next();
  const order = async (...words) => {
    server.stdin.write(`${words.join(" ")}\n`);
    const answer = await next();
    if (answer.error) throw new Error(`${words[0]}: ${answer.error}`);
    return answer;
  };
  return {
    told,
    /** What `readdress-cli practice` is told, so that all its mails come here. */
    deliver: ["--deliver-lmtp", `127.0.0.1:${told.lmtp}`, "--deliver-to", told.user],
    /** Every mail there, as `[folder, name, flags]`. */
    mails: async () => (await order("mails")).mails,
    async deliver_mail(folder, raw) {
      const file = join(folder, "delivered.eml");
      await writeFile(file, raw);
      await order("deliver", file);
    },
    async stop() {
      const ended = once(server, "exit");
      server.stdin.end();
      await ended;
    },
  };
}

/** Keeps a mailbox in the data folder, as a person does in a terminal: the system's file dialog for the CA cannot be driven. */
export async function add_mailbox(data, { host, port, user, password, ca }, serves) {
  process.env[PASSWORD] = password;
  try {
    const authority = ca ? ["--ca", ca] : [];
    return await ask_cli(data, "mailbox", "add", "--user", user, "--host", host, "--port", String(port), ...authority, "--password-env", PASSWORD, "--serves", ...serves);
  } finally {
    delete process.env[PASSWORD];
  }
}

// What a pasted text is: a code, a link, a mail; or the address and keys of a profile. Pure.
// Not here: which changes wait (index.ts passes them).
import type { Understood } from "../types/Understood";
import { problem } from "./problem";
import type { Change } from "./world";

const nothing: Understood = { change: null, value: null, found: "nothing", cleaned: false, unusual: false, mail_to: null, other_recipient: false, problem: null, choices: [], mail_from: null, mail_at: null, too_old: false };

/** Finds the code in `text` for one of the waiting changes. */
export function understand(text: string, waiting: Change[]): Understood {
  const understood = read(text, waiting);
  if (understood.found !== "mail_text" && understood.found !== "mail_link") return understood;
  const date = Date.parse(/^Date:\s*(.+)$/im.exec(text)?.[1] ?? "");
  const asked_at = waiting.find((change) => change.id === understood.change)?.requested_at ?? null;
  return {
    ...understood,
    mail_from: /^From:\s*(?:.*<)?([^\s<>]+@[^\s<>]+)/im.exec(text)?.[1] ?? null,
    mail_at: Number.isNaN(date) ? null : new Date(date).toISOString(),
    too_old: asked_at !== null && date < Date.parse(asked_at),
  };
}

function read(text: string, waiting: Change[]): Understood {
  const mail_to = /^To:\s*(?:.*<)?([^\s<>]+@[^\s<>]+)/im.exec(text)?.[1] ?? null;
  const is_mail = mail_to !== null || /^(Subject|From):/im.test(text);
  const links = [...text.matchAll(/https?:\/\/[^\s"'<>]+/g)].map((match) => new URL(match[0]));
  for (const link of links) {
    const ours = link.host.endsWith("webshare.io");
    const code = /^\/changeemail\/([^/]+)\/confirm/.exec(link.pathname)?.[1];
    const here = waiting.filter((change) => change.service === "webshare");
    if (ours && code) return place({ ...nothing, value: decodeURIComponent(code), found: is_mail ? "mail_link" : "link", mail_to }, here);
    const only = waiting[0];
    if (ours) return { ...nothing, mail_to, change: only?.id ?? null, problem: problem("link_wrong_kind", { service: "Webshare", reason: "activation" }) };
    if (!is_mail) return { ...nothing, change: only?.id ?? null, problem: problem("link_other_service", { host: link.host }) };
  }
  // A mail's head ends at its first empty line.
  const body = is_mail ? text.slice(Math.max(0, text.search(/\r?\n\r?\n/))) : text;
  const found = [...new Set([...body.matchAll(/(?<![\d-])\d{3}[ -]?\d{3}(?![\d-])/g)].map((match) => match[0]))];
  const values = [...new Set(found.map((one) => one.replace(/[ -]/g, "")))];
  const here = waiting.filter((change) => change.service !== "webshare");
  if (values.length > 1) return place({ ...nothing, found: "mail_text", mail_to, choices: values, problem: problem("code_ambiguous") }, here);
  const [value] = values;
  if (value !== undefined) return place({ ...nothing, value, found: is_mail || body.trim().length > 12 ? "mail_text" : "typed", cleaned: found[0] !== value, mail_to }, here);
  const word = text.trim();
  if (!is_mail && /^[\w-]{4,64}$/.test(word)) return place({ ...nothing, value: word, found: "typed", unusual: waiting.every((change) => change.service !== "webshare") }, waiting);
  return { ...nothing, mail_to, problem: problem("code_not_found") };
}

/** Chooses the change: the one whose address the mail names, else the only one. */
function place(understood: Understood, waiting: Change[]): Understood {
  const named = waiting.find((change) => understood.mail_to?.toLowerCase() === change.to.toLowerCase());
  const chosen = named ?? (waiting.length === 1 ? waiting[0] : undefined);
  if (!chosen) return understood;
  const refused = understood.value !== null && chosen.refused.includes(understood.value);
  return {
    ...understood,
    change: chosen.id,
    other_recipient: understood.mail_to !== null && !named,
    problem: refused ? problem("code_refused_before") : understood.problem,
  };
}

export interface PastedKeys {
  service: string;
  fields: Record<string, string>;
  secrets: Record<string, string>;
  base_url: string | null;
}

/** A Z-API address or a curl line of one of the services. */
export function understand_keys(text: string): PastedKeys | null {
  const url = /https?:\/\/[^\s"']+/.exec(text)?.[0];
  const loopback = url && /^https?:\/\/(127\.0\.0\.1|localhost)/.test(url) ? new URL(url).origin : null;
  const z = /\/instances\/([^/\s]+)\/token\/([^/\s"']+)/.exec(text);
  if (z?.[1] && z[2]) {
    const client = /client-token:\s*([^\s"']+)/i.exec(text)?.[1];
    return { service: "z-api", fields: { instance_id: z[1] }, secrets: { token: z[2], ...(client ? { client_token: client } : {}) }, base_url: loopback };
  }
  const token = /authorization:\s*token\s+([^\s"']+)/i.exec(text)?.[1];
  if (token) return { service: "webshare", fields: {}, secrets: { api_key: token }, base_url: loopback };
  const bearer = /authorization:\s*bearer\s+([^\s"']+)/i.exec(text)?.[1];
  if (bearer) return { service: "mannco-store", fields: {}, secrets: { session_token: bearer }, base_url: loopback };
  const key = /"apiKey"\s*:\s*"([^"]+)"/.exec(text)?.[1];
  if (key) return { service: "mannco-store", fields: {}, secrets: { api_key: key }, base_url: loopback };
  return null;
}

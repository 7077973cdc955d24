// The contract's calls about errands and service files. `?errand=` and `fake_errand("…")` ask for one by name; a name that begins with
// `file-` is a service file of that kind, which is also what the dialog of *Add a service file…* answers (`?file=`).
// Not here: reading a file.
import type { Backend, Errand, ShownServiceFile } from "../backend";
import type { ServicePlace } from "../types/ServicePlace";
import type { ServiceView } from "../types/ServiceView";
import { problem } from "./problem";
import { own_service, services } from "./services";
import type { Shared } from "./shared";

type Calls = Pick<Backend, "take_errand" | "choose_service_file" | "add_service_file" | "on_errand">;

declare global {
  var fake_errand: ((name: string) => void) | undefined;
}

const forge: ServiceView = {
  ...(services[1] as ServiceView),
  id: "forge",
  name: "Forge",
  docs: "https://docs.forge.example/email",
  docs_host: "docs.forge.example",
  host: "api.forge.example:8443",
  own: true,
  accepted: false,
  texts: { about: { en: "A test server for email changes.", "pt-BR": "Um servidor de teste para trocas de e-mail.", es: "Un servidor de prueba para cambios de correo." }, keys_found: { en: "In the account, under API." } },
};

const places: Record<string, ServicePlace> = {
  new: { kind: "new" },
  hostile: { kind: "new" },
  same: { kind: "same" },
  replaces: { kind: "replaces", file: "forge.toml", host: "old.forge.example", profiles: 2, open: 1 },
  shipped: { kind: "shipped", name: "Webshare" },
  elsewhere: { kind: "elsewhere" },
};

function shown_file(kind: string): ShownServiceFile {
  const token = crypto.randomUUID();
  const place = places[kind];
  if (place) {
    const service = kind === "hostile" ? own_service : kind === "shipped" ? { ...forge, id: "webshare" } : forge;
    return {
      token, file: kind === "hostile" ? `${"x".repeat(200)}\u202e.readdress` : "forge.readdress", service, place, mistakes: [],
      calls: [
        { step: "request", role: "change", method: "POST", path: "/api/v3/changeemail/", waits_for: null },
        { step: "verify", role: "change", method: "POST", path: "/api/v3/changeemail/{{code}}/confirm/", waits_for: "link" },
        { step: "read", role: "read", method: "GET", path: kind === "hostile" ? "/api/v3/\u202eprofile\u200b/" : "/api/v3/profile/", waits_for: null },
      ],
    };
  }
  const mistake = (line: string, message: string, hint: string): ReturnType<typeof problem> => problem("manifest_invalid", { file: "forge.readdress", line, column: "7", message, hint });
  const mistakes = kind === "mistakes"
    ? [mistake("12", "unknown field `metod`", "did you mean `method`?"), mistake("31", "nothing is called `apikey`", "did you mean `api_key`?"), mistake("40", "`5 minuts` is not a duration", 'write "90s", "5min" or "24h"')]
    : [problem("service_file_unreadable", { file: "forge.readdress", reason: kind })];
  return { token, file: "forge.readdress", service: null, calls: [], mistakes, place: { kind: "new" } };
}

function errand_of(name: string): Errand {
  if (name === "practice" || name === "add_profile" || name === "pending") return { kind: name };
  if (name === "mail") return { kind: "mail", name: "the code.eml", text: "To: nobody@newname.example\nSubject: Your code\n\n481903\n" };
  if (name === "no_mail") return { kind: "no_mail", name: "the code.eml", reason: "unreadable" };
  return { kind: "service", shown: shown_file(name.replace(/^file-/, "")) };
}

export function create_service_file_calls(shared: Shared, query: URLSearchParams): Calls {
  const waiting = (query.get("errand") ?? "").split(",").filter(Boolean);
  const listeners = new Set<() => void>();
  let last: ShownServiceFile | null = null;
  const keep = (shown: ShownServiceFile): ShownServiceFile => (last = shown);
  globalThis.fake_errand = (name: string): void => {
    waiting.push(name);
    for (const listener of listeners) listener();
  };

  return {
    take_errand: async () => {
      const name = waiting.shift();
      if (name === undefined) return null;
      const errand = errand_of(name);
      if (errand.kind === "service") keep(errand.shown);
      return errand;
    },
    choose_service_file: async () => (query.get("file") === "left" ? null : keep(shown_file(query.get("file") ?? "new"))),
    add_service_file: async (token, replace) => {
      await new Promise((go) => setTimeout(go, shared.delay));
      const service = last?.token === token ? last.service : null;
      if (!service) throw problem("service_file_unreadable", { reason: "gone" });
      if (query.get("file") === "full") throw problem("disk_full");
      if (last?.place.kind === "replaces" && !replace) throw problem("service_taken", { id: service.id, reason: "own" });
      shared.added.push(service);
      shared.emit({ all: true });
      return service;
    },
    on_errand: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

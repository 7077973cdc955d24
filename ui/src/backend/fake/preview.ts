// The request as it would be sent: masked, and as a curl line with variables.
// Not here: sending.
import type { Preview } from "../types/Preview";
import { service_of } from "./services";
import type { Profile } from "./world";

const paths: Record<string, Record<string, string>> = {
  "z-api": { request: "/security/email", verify: "/security/verify-email" },
  webshare: { request: "/api/v2/changeemail/", verify: "/api/v2/changeemail/complete/" },
  "mannco-store": { request: "/user/email/change/request", verify: "/user/email/change/validate" },
};

export function preview(profile: Profile, step: string, value: string): Preview {
  const service = service_of(profile.service);
  const verify = step === "verify";
  const path = paths[profile.service]?.[verify ? "verify" : "request"] ?? "/";
  // A code is masked as a key is.
  const code = value && "••••••";
  const bodies: Record<string, object> = {
    "z-api": verify ? { verificationCode: code } : { email: value },
    webshare: verify ? { confirmation_code: code } : { password: "••••••", new_email: value },
    "mannco-store": verify ? { code } : { email: value },
  };
  const body = JSON.stringify(bodies[profile.service]);
  const prefix = profile.service === "z-api" ? `/instances/${profile.fields.instance_id ?? ""}/token/` : "";
  const header = profile.service === "z-api" ? (profile.secrets.client_token ? "Client-Token" : null) : "Authorization";
  const scheme = { "z-api": "", webshare: "Token ", "mannco-store": "Bearer " }[profile.service] ?? "";
  const lines = [`POST ${prefix}${prefix ? "••••••" : ""}${path}`, `Host: ${service.host}`, ...(header ? [`${header}: ${scheme}••••••`] : []), "Content-Type: application/json", "", body];
  const url = `https://${service.host}${prefix}${prefix ? "$TOKEN" : ""}${path}`;
  const curl = `curl -X POST "${url}"${header ? ` -H "${header}: ${scheme}$${header === "Client-Token" ? "CLIENT_TOKEN" : "TOKEN"}"` : ""} -H 'Content-Type: application/json' --data-raw '${body}'`;
  return { masked: lines.join("\n"), curl, host: service.host, login_first: profile.service === "mannco-store" && !profile.secrets.session_token };
}

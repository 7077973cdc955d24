// The three services as the shipped manifests describe them, shortened: enough for the page to show everything it can show.
// Not here: how they answer (answers.ts).
import type { FieldView } from "../types/FieldView";
import type { ServiceView } from "../types/ServiceView";

export const CODE = "481903";
export const LINK_CODE = "Kx7mT4hVw9Q2";

function field(id: string, en: string, pt: string, es: string, more: Partial<FieldView> = {}): FieldView {
  return { id, label: { en, "pt-BR": pt, es }, help: null, secret: true, optional: false, ask_each_time: false, looks: null, ...more };
}

const digits = { what: "code", sent_to: "new", address: null, looks: "\\d{6}" };

export const services: readonly ServiceView[] = [
  {
    id: "z-api",
    name: "Z-API",
    docs: "https://developer.z-api.io/en/mobile/set-account-email",
    docs_host: "developer.z-api.io",
    host: "api.z-api.io",
    own: false,
    accepted: true,
    fields: [
      field("instance_id", "Instance id", "ID da instância", "ID de la instancia", { secret: false, looks: "[0-9A-F]{16,64}" }),
      field("token", "Instance token", "Token da instância", "Token de la instancia"),
      field("client_token", "Client token", "Client-Token", "Client-Token", { optional: true }),
    ],
    needs_one_of: [["token"]],
    texts: {
      keys_found: {
        en: "In the Z-API panel: Instances, edit. The client token is under Security.",
        "pt-BR": "No painel da Z-API: Instâncias, editar. O Client-Token fica em Segurança.",
        es: "En el panel de Z-API: Instancias, editar. El Client-Token está en Seguridad.",
      },
      before_request: {
        en: "The old address may stop counting as soon as this is sent, before the new one is verified.",
        "pt-BR": "O endereço antigo pode deixar de valer assim que isto for enviado, antes de o novo ser verificado.",
        es: "La dirección anterior puede dejar de valer en cuanto esto se envíe, antes de que la nueva esté verificada.",
      },
      after_request: { en: "Z-API asks for the code (VERIFY_EMAIL).", "pt-BR": "A Z-API pede o código (VERIFY_EMAIL).", es: "Z-API pide el código (VERIFY_EMAIL)." },
      waiting: {
        en: "WhatsApp mails six digits to the new address. Z-API states no time limit for them.",
        "pt-BR": "O WhatsApp envia seis dígitos ao novo endereço. A Z-API não informa prazo para eles.",
        es: "WhatsApp envía seis dígitos a la dirección nueva. Z-API no indica un plazo.",
      },
      cancel_means: {
        en: "Z-API has no call for that; a code that comes may still work.",
        "pt-BR": "A Z-API não tem chamada para isso; um código que chegue ainda pode valer.",
        es: "Z-API no tiene una llamada para eso; un código que llegue aún puede valer.",
      },
      old_address: {
        en: "Z-API may stop counting the old address now. Finish soon, and keep its mailbox for changing back.",
        "pt-BR": "A Z-API pode deixar de contar o endereço antigo agora. Termine logo e mantenha a caixa dele.",
        es: "Z-API puede dejar de contar la dirección antigua ahora. Termina pronto y conserva su buzón.",
      },
    },
    waits_for: digits,
    has_read: true,
    has_cancel: false,
    expires_after: null,
    resend_after: null,
    no_mail_after: null,
    limits: [],
    profiles: 0,
  },
  {
    id: "webshare",
    name: "Webshare",
    docs: "https://apidocs.webshare.io/registerandlogin/change-email",
    docs_host: "apidocs.webshare.io",
    host: "proxy.webshare.io",
    own: false,
    accepted: true,
    fields: [field("api_key", "API key", "Chave de API", "Clave de API", { looks: "[A-Za-z0-9]{40}" }), field("password", "Account password", "Senha da conta", "Contraseña de la cuenta", { ask_each_time: true })],
    needs_one_of: [["api_key"]],
    texts: {
      keys_found: {
        en: "In the Webshare dashboard: API, Keys.",
        "pt-BR": "No painel da Webshare: API, Keys.",
        es: "En el panel de Webshare: API, Keys.",
      },
      before_request: {
        en: "Webshare answers \"accepted\" and mails a link to the new address. It does not say whether a mail was sent.",
        "pt-BR": "A Webshare responde \"aceito\" e envia um link para o novo endereço. Ela não diz se o e-mail foi enviado.",
        es: "Webshare responde \"aceptado\" y envía un enlace a la nueva dirección. No dice si el correo se envió.",
      },
      after_request: {
        en: "Webshare accepted it (204). That does not prove that a mail was sent.",
        "pt-BR": "A Webshare aceitou (204). Isso não prova que um e-mail foi enviado.",
        es: "Webshare lo aceptó (204). Eso no prueba que se envió un mensaje.",
      },
      waiting: {
        en: "It goes to the new address and looks like dashboard.webshare.io/changeemail/…/confirm/",
        "pt-BR": "Vai para o novo endereço e se parece com dashboard.webshare.io/changeemail/…/confirm/",
        es: "Va a la dirección nueva y se parece a dashboard.webshare.io/changeemail/…/confirm/",
      },
      no_mail: {
        en: "Webshare says “accepted” even to a wrong password. Request again and type it anew.",
        "pt-BR": "A Webshare diz “aceito” até para uma senha errada. Solicite de novo e digite outra vez.",
        es: "Webshare dice «aceptado» incluso con una contraseña errónea. Solicita de nuevo y escríbela otra vez.",
      },
      cancel_means: {
        en: "Webshare has no call for that; a link that comes may still work.",
        "pt-BR": "A Webshare não tem chamada para isso; um link que chegue ainda pode valer.",
        es: "Webshare no tiene una llamada para eso; un enlace que llegue aún puede valer.",
      },
    },
    waits_for: { what: "link", sent_to: "new", address: null, looks: null },
    has_read: true,
    has_cancel: false,
    expires_after: null,
    resend_after: null,
    no_mail_after: 10,
    limits: [{ max: 240, per: 60, of: "profile", steps: ["request", "verify"] }],
    profiles: 0,
  },
  {
    id: "mannco-store",
    name: "Mannco.store",
    docs: "https://docs.mannco.store/api-reference/authentication",
    docs_host: "docs.mannco.store",
    host: "api.mannco.store",
    own: false,
    accepted: true,
    fields: [
      field("api_key", "API key", "Chave de API", "Clave de API", { optional: true }),
      field("session_token", "Session token", "Token da sessão", "Token de sesión", { optional: true }),
    ],
    needs_one_of: [["api_key"], ["session_token"]],
    texts: {
      keys_found: {
        en: "In the account settings on mannco.store.",
        "pt-BR": "Nas configurações da conta em mannco.store.",
        es: "En los ajustes de la cuenta en mannco.store.",
      },
      before_request: {
        en: "One request in five minutes. Once the change is verified, your other sessions at Mannco.store end.",
        "pt-BR": "Uma solicitação a cada cinco minutos. Quando a troca for verificada, suas outras sessões na Mannco.store terminam.",
        es: "Una solicitud cada cinco minutos. Cuando el cambio se verifique, tus otras sesiones en Mannco.store terminan.",
      },
      waiting: {
        en: "Six digits to the new address. They hold for 24 hours.",
        "pt-BR": "Seis dígitos ao novo endereço. Valem 24 horas.",
        es: "Seis dígitos a la dirección nueva. Valen 24 horas.",
      },
      cancel_means: {
        en: "Mannco.store has no call for that; a code that comes may still work.",
        "pt-BR": "A Mannco.store não tem chamada para isso; um código que chegue ainda pode valer.",
        es: "Mannco.store no tiene una llamada para eso; un código que llegue aún puede valer.",
      },
    },
    waits_for: digits,
    has_read: true,
    has_cancel: false,
    expires_after: 86_400,
    resend_after: 300,
    no_mail_after: null,
    limits: [{ max: 1, per: 300, of: "profile", steps: ["request"] }],
    profiles: 0,
  },
];

export function service_of(id: string): ServiceView {
  const found = services.find((service) => service.id === id);
  if (!found) throw new Error(`no service ${id}`);
  return found;
}

/** A file of the user's own that says as much as it can about itself, and whose host nobody has looked at. */
export const own_service: ServiceView = {
  ...(services[1] as ServiceView),
  id: "own-forge",
  name: "<img src=x onerror=alert(1)> Z-API (api.z-api.io)",
  docs: "https://xn--z-pi-43d.example:8443/api.z-api.io",
  docs_host: "xn--z-pi-43d.example:8443",
  host: "api.z-api.io.xn--pple-43d.example:8443",
  own: true,
  accepted: false,
  profiles: 0,
};

// The mails that the faked services send. Not here: finding codes in them (paste.ts).
import type { PracticeMail } from "../types/PracticeMail";
import { iso } from "./clock";
import { type Change, type World } from "./world";

export function link_of(code: string): string {
  return `https://dashboard.webshare.io/changeemail/${code}/confirm/`;
}

export function send_mail(world: World, change: Change): void {
  const spaced = `${change.code.slice(0, 3)} ${change.code.slice(3)}`;
  const [from, subject, text] =
    change.service === "webshare"
      ? ["noreply@practice.example", "Confirm your new email", `Confirm your new email:\n${link_of(change.code)}\n`]
      : change.service === "z-api"
        ? ["noreply@practice.example", "Your WhatsApp code", `Your code is ${spaced}. Do not share it.\n`]
        : ["noreply@practice.example", "Email change request", `Your verification code: ${change.code}\nIt holds for 24 hours.\n`];
  const at = iso(Date.now());
  const mail: PracticeMail = { id: world.mails.length + 1, at, to: change.to, from, subject, text, raw: `From: ${from}\nTo: ${change.to}\nSubject: ${subject}\nDate: ${at}\n\n${text}` };
  world.mails.unshift(mail);
}

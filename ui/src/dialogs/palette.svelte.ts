// What the palette finds: profiles, commands, screens, in that order of weight. Not here: how it is drawn.
import { app, go, prefer, routes, take_state, type Route } from "../app/app.svelte";
import { check_all } from "../app/check_all.svelte";
import { check_profile } from "../app/changes.svelte";
import { open_mailbox_dialog } from "../app/dialogs.svelte";
import { choose_service_file } from "../app/errands.svelte";
import { mailboxes } from "../app/mail.svelte";
import { filtered } from "../app/filter.svelte";
import { new_email } from "../app/keys";
import { profile_by_id, profiles, select_profile, selected_id } from "../app/profiles.svelte";
import { open_releases } from "../app/releases";
import { start_practice } from "../app/start_practice";
import { backend } from "../backend";
import type { ProfileView } from "../backend/types/ProfileView";
import { t } from "../i18n";
import type { IconName } from "../parts/icons";

export interface Thing {
  id: string;
  text: string;
  /** What Enter will do. */
  will: string;
  icon?: IconName;
  /** Keys that do the same. */
  hint?: string;
  profile?: ProfileView;
  run: () => void;
}

const screen_icons: Record<Route, IconName> = { profiles: "user", pending: "clock", history: "history", settings: "sliders" };

function commands(): Thing[] {
  const ctrl = app.state?.platform === "macos" ? "⌘" : "Ctrl";
  const selected = profile_by_id(selected_id());
  const practice = app.state?.mode === "practice";
  const about: Thing[] = selected
    ? [
        { id: "new-email", icon: "mail", text: t("palette.new_email", { label: selected.label }), will: t("palette.new_email_will"), hint: `${ctrl} E`, run: new_email },
        { id: "check", icon: "refresh", text: t("palette.check", { label: selected.label }), will: t("palette.check_will"), hint: "F5", run: () => void check_profile(selected.id) },
      ]
    : [];
  const leave: Thing[] = practice
    ? [{ id: "leave-practice", icon: "shield", text: t("app.practice_leave"), will: t("palette.leave_practice_will"), run: () => void backend().leave_practice().then(take_state) }]
    : [];
  return [
    ...about,
    { id: "add", icon: "plus", text: t("palette.add"), will: t("palette.add_will"), hint: `${ctrl} N`, run: () => (app.dialog = "add") },
    { id: "check-all", icon: "refresh", text: t("palette.check_all"), will: t("palette.check_all_will"), hint: "Shift F5", run: () => void check_all() },
    ...(practice ? [] : mail_commands()),
    ...leave,
    ...app.services.filter((one) => !one.own).map((service): Thing => ({ id: `practice-${service.id}`, icon: "shield", text: t("welcome.practice_of", { service: service.name }), will: t("palette.practice_will"), run: () => void start_practice(service.id) })),
    { id: "add-service", icon: "plus", text: t("palette.add_service"), will: t("palette.add_service_will"), run: () => void choose_service_file() },
    { id: "check-new", icon: "globe", text: t("palette.check_new"), will: t("palette.check_new_will", { host: app.state?.releases.host ?? "" }), run: () => void open_releases() },
    { id: "light", icon: "eye", text: t("palette.theme_light"), will: t("palette.theme_will"), run: () => void prefer({ theme: "light" }) },
    { id: "dark", icon: "eye", text: t("palette.theme_dark"), will: t("palette.theme_will"), run: () => void prefer({ theme: "dark" }) },
    { id: "keys", icon: "key", text: t("palette.keys"), will: t("palette.keys_will"), hint: "?", run: () => (app.dialog = "keys") },
  ];
}

function mail_commands(): Thing[] {
  const look: Thing[] = mailboxes().length > 0 ? [{ id: "look-for-mail", icon: "refresh", text: t("palette.look_for_mail"), will: t("palette.look_for_mail_will"), run: () => void backend().look_for_mail() }] : [];
  return [{ id: "add-mailbox", icon: "mail", text: t("palette.add_mailbox"), will: t("palette.add_mailbox_will"), run: () => open_mailbox_dialog("add") }, ...look];
}

function screens(): Thing[] {
  const ctrl = app.state?.platform === "macos" ? "⌘" : "Ctrl";
  return routes.map((route, index) => ({ id: `go-${route}`, icon: screen_icons[route], text: t(`app.${route}`), will: t("palette.opens_screen"), hint: `${ctrl} ${index + 1}`, run: () => go(route) }));
}

function matches(text: string, words: string[]): boolean {
  const low = text.toLowerCase();
  return words.every((word) => low.includes(word));
}

/** Groups that hold something. */
export function find_things(text: string): { title: string; things: Thing[] }[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fit = (things: Thing[]): Thing[] => things.filter((thing) => matches(thing.text, words));
  const found = words.length === 0 ? [] : filtered(profiles(), text, false).slice(0, 8);
  const people = found.map((profile): Thing => ({
    id: `profile-${profile.id}`,
    text: profile.label,
    will: t("palette.opens_profile"),
    profile,
    run: () => {
      go("profiles");
      select_profile(profile.id);
    },
  }));
  return [
    { title: t("palette.profiles"), things: people },
    { title: t("palette.do"), things: fit(commands()) },
    { title: t("palette.go"), things: fit(screens()) },
  ].filter((group) => group.things.length > 0);
}

/** The text cut where the first word was found, to mark it. */
export function pieces(text: string, wanted: string): { text: string; hit: boolean }[] {
  const word = wanted.trim().toLowerCase().split(/\s+/)[0] ?? "";
  const at = word ? text.toLowerCase().indexOf(word) : -1;
  if (at < 0) return [{ text, hit: false }];
  return [
    { text: text.slice(0, at), hit: false },
    { text: text.slice(at, at + word.length), hit: true },
    { text: text.slice(at + word.length), hit: false },
  ].filter((piece) => piece.text.length > 0);
}

// Secrets that a service asks for at each request (Webshare's password): asked in a dialog where the panel has no field for them.
import type { FieldView } from "../backend/types/FieldView";
import type { ProfileView } from "../backend/types/ProfileView";
import { service_of } from "./app.svelte";

interface Question {
  profile: ProfileView;
  fields: FieldView[];
  answer: (secrets: Record<string, string> | null) => void;
}

export const secrets_question = $state<{ now: Question | null }>({ now: null });

/** The fields that must be typed for each request of this profile. */
export function asked_each_time(profile: ProfileView): FieldView[] {
  const fields = service_of(profile.service)?.fields ?? [];
  return fields.filter((field) => field.secret && field.ask_each_time && !(field.id in profile.has_secret));
}

/** Empty where nothing is asked; null when the dialog was left. */
export function ask_secrets(profile: ProfileView): Promise<Record<string, string> | null> {
  const fields = asked_each_time(profile);
  if (fields.length === 0) return Promise.resolve({});
  return new Promise((resolve) => {
    secrets_question.now = {
      profile,
      fields,
      answer: (secrets) => {
        secrets_question.now = null;
        resolve(secrets);
      },
    };
  });
}

// The views of mailboxes that have colours of their own, in the dark theme.
import { look_at_all } from "./looks";
import { mail_colours } from "./mail_views";

look_at_all("dark", mail_colours);

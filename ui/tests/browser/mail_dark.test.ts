// Every view of mailboxes in the dark theme.
import { look_at_all } from "./looks";
import { mail_views } from "./mail_views";

look_at_all("dark", mail_views);

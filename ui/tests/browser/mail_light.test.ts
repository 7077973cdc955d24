// Every view of mailboxes in the light theme.
import { look_at_all } from "./looks";
import { mail_views } from "./mail_views";

look_at_all("light", mail_views);

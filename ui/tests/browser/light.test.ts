// Every view in the light theme.
import { look_at_all } from "./looks";

look_at_all("light");

// Every view in the dark theme.
import { look_at_all } from "./looks";

look_at_all("dark");

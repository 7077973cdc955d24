// Where the page starts.
import { mount } from "svelte";
import "./tokens.css";
import "./app.css";
import App from "./app/App.svelte";

mount(App, { target: document.body });

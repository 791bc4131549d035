import { mount } from "svelte";

import { registerServiceWorker } from "../service/register.js";
import "./app.css";
import App from "./App.svelte";
import { followTheme } from "./draw/theme.svelte";
import { automate } from "./state/automation";
import { Lab } from "./state/lab.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no element #app");
followTheme();
const lab = new Lab();
window.bettiscope = automate(lab);
mount(App, { target, props: { lab } });
registerServiceWorker((update) => {
  lab.update = update;
});

import { mount } from "svelte";

import { registerServiceWorker } from "./services/service-worker.js";
import "./app.css";
import App from "./App.svelte";
import { automate } from "./screens/lab/state/automation";
import { Lab } from "./screens/lab/state/lab.svelte";
import { followTheme } from "./services/theme.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no element #app");
followTheme();
const lab = new Lab();
window.bettiscope = automate(lab);
mount(App, { target, props: { lab } });
registerServiceWorker((update) => {
  lab.update = update;
});

import { mount } from "svelte";

import "./app.css";
import App from "./App.svelte";
import { SCREENS } from "./screens";
import { workOffline } from "./services/offline.svelte";
import { Place } from "./services/place.svelte";
import { followTheme } from "./services/theme.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no element #app");
followTheme();
mount(App, { target, props: { site: { place: new Place(), screens: SCREENS } } });
workOffline();

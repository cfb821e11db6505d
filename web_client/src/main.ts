/** The page: wires the conversation, the stage and the controls. */

import "./ui/style.css";
import { App } from "./app";
import { el } from "./ui/dom";

/** Without WebGL there is no page. */
function build(): App | null {
  try {
    return new App(document);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `This page draws with WebGL 2, which this browser does not offer here. Try another browser, or allow hardware acceleration. (${why})`;
    document.getElementById("app")?.replaceChildren(el("p", { class: "fault", role: "alert" }, text));
    return null;
  }
}

const app = build();

declare global {
  interface Window {
    /** For tests and for the curious: the running page. */
    solami: App;
  }
}
if (app) {
  window.solami = app;
  app.start();
}

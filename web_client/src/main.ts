/** The page: wires the conversation, the stage and the controls. */

import "./ui/style.css";
import { App } from "./app";

const app = new App(document);
app.start();

declare global {
  interface Window {
    /** For tests and for the curious: the running page. */
    solami: App;
  }
}
window.solami = app;

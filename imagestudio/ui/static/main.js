// The page's own parts, each a module of its own. Gradio draws the forms; page.js gates their controls.

import { present } from "./dom.js";

// First of all the form can be used; these come in a moment. What was pressed meanwhile is pressed again for them.
await present("#generate-note .price");
await Promise.all([
  import("./bar.js"),
  import("./theme.js"),
  import("./announce.js"),
  import("./focus.js"),
  import("./keys.js"),
  import("./forms.js"),
  import("./tools.js"),
  import("./history.js"),
  import("./strip.js"),
  import("./source.js"),
  import("./before-after.js"),
  import("./tree.js"),
  import("./survive.js"),
]);
window.studio.ready();
await Promise.all([import("./compare.js"), import("./library.js"), import("./recipe-drop.js")]);

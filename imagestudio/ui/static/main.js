// The page's own parts, each a module of its own. Gradio draws the forms; page.js gates their controls.

import "./bar.js";
import "./theme.js";
import "./announce.js";
import "./focus.js";
import "./keys.js";
import "./forms.js";
import "./tools.js";
import "./history.js";
import "./strip.js";
import "./source.js";
import "./before-after.js";
import "./tree.js";
import "./survive.js";
import "./compare.js";
import "./library.js";
import "./recipe-drop.js";

window.studio.ready();

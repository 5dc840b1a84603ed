// The page's own parts, each a module of its own. Gradio draws the forms; page.js gates their controls.

import "./library.js";
import "./recipe-drop.js";

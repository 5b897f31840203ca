// @ts-check
// What is alive on every page. Each part finds its elements by an attribute; a page works without any of them.
import { copying } from "./copy.js";
import { dialogs } from "./dialog.js";
import { drops } from "./drop.js";
import { fields } from "./fields.js";
import { filters } from "./filters.js";
import { goes } from "./go.js";
import { keys } from "./keys.js";
import { menus } from "./menu.js";
import { toasts } from "./toast.js";

for (const start of [copying, dialogs, drops, fields, filters, goes, keys, menus, toasts]) start();

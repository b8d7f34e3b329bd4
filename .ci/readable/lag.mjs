// A page with as many rows as a page gets: how long it takes to open, to filter and to sort. Printed, never judged:
// a machine may be busy. Usage: node lag.mjs FILE
import { open, start } from "./browser.mjs";

const browser = await start();
const began = performance.now();
const { page } = await open(browser, process.argv[2], { screen: "desktop" });
const figures = await page.evaluate(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  const timed = async (act) => {
    const from = performance.now();
    act();
    await frame();
    return performance.now() - from;
  };
  await frame();
  const [load] = performance.getEntriesByType("navigation");
  const table = [...document.querySelectorAll("table[data-sortable]")].sort((a, b) => b.rows.length - a.rows.length)[0];
  const field = table.parentElement.previousElementSibling.querySelector("input");
  const keys = [];
  for (const text of ["2", "25", "251", "2519", "251", ""])
    keys.push(await timed(() => { field.value = text; field.dispatchEvent(new Event("input", { bubbles: true })); }));
  const sort = await timed(() => table.tHead.querySelector("button").click());
  return { rows: table.tBodies[0].rows.length, interactive: load.domInteractive, loaded: load.loadEventEnd, slowestKey: Math.max(...keys), meanKey: keys.reduce((sum, key) => sum + key) / keys.length, sort };
});
const told = Object.entries(figures).map(([name, value]) => `${name} ${Math.round(value)}${name === "rows" ? "" : " ms"}`);
console.log(`${told.join(", ")}; open to first frame with its timers ${Math.round(performance.now() - began)} ms in all`);
await browser.close();

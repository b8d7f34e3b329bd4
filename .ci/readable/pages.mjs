// The night's two pages as readers meet them. Usage: node pages.mjs FOLDER [MAIL_HTML...]; exits 1 with every fault found.
import { readFileSync } from "node:fs";
import path from "node:path";
import { SCREENS, THEMES, judge, open, start } from "./browser.mjs";

const [folder, ...mails] = process.argv.slice(2);
const pages = ["report.html", "admin.html"].map((name) => path.resolve(folder, name));
// READABLE_LENIENT=1 lets a page without links to its lines pass.
const lenient = process.env.READABLE_LENIENT === "1";
// A mail is read inside of a mail program, which has the landmarks and the heading.
const ONLY_PAGES = ["landmark-one-main", "page-has-heading-one", "region"];
const faults = [];
const fault = (file, text) => faults.push(`${path.basename(file)}: ${text}`);
const browser = await start();

// axe, width, requests, policy and console, in both themes on both screens.
for (const file of [...pages, ...mails]) {
  for (const theme of THEMES) {
    for (const screen of Object.keys(SCREENS)) {
      const { page, faults: seen } = await open(browser, file, { screen, theme });
      const { violations, unsure } = await judge(page, mails.includes(file) ? ONLY_PAGES : []);
      violations.push(...(await page.evaluate(pale)));
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (tooWide > 0) violations.push(`the whole page scrolls sideways by ${tooWide} px`);
      const refused = (await page.evaluate(() => window.violations)).map((text) => `policy: ${text}`);
      for (const text of [...violations, ...seen, ...refused]) fault(file, `${theme}, ${screen}: ${text}`);
      console.log(`${path.basename(file)}, ${theme}, ${screen}: ${violations.length} violations${unsure.length ? `, not to be told: ${unsure.join(", ")}` : ""}`);
      await page.close();
    }
  }
}

for (const file of pages) {
  await complete_without_scripts(file);
  await sorts_and_filters(file);
  await prints(file);
}
await links_to_lines(pages[1]);
await browser.close();
if (faults.length) {
  console.error(faults.join("\n"));
  process.exit(1);
}

// Words in drawings, which axe does not judge: against the page's ground at 4.5 to 1.
function pale() {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).map((part) => (part /= 255) <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const ground = light(getComputedStyle(document.body).backgroundColor);
  const words = [...document.querySelectorAll("svg text")].map((text) => [text.textContent, light(getComputedStyle(text).fill)]);
  return words.map(([text, ink]) => [text, Math.max(ink, ground) / Math.min(ink, ground)]).filter(([, ratio]) => ratio < 4.5).map(([text, ratio]) => `"${text}" has a contrast of ${ratio.toFixed(1)}`);
}

async function complete_without_scripts(file) {
  const rows = async (scripts) => {
    const { page } = await open(browser, file, { scripts });
    const shown = await page.evaluate(() => [...document.querySelectorAll("tbody tr")].filter((row) => row.getClientRects().length).length);
    await page.close();
    return shown;
  };
  const [plain, scripted] = [await rows(false), await rows(true)];
  if (plain === 0 || plain < scripted) fault(file, `${plain} rows without scripts, ${scripted} with them`);
}

async function sorts_and_filters(file) {
  const { page, faults: seen } = await open(browser, file);
  const told = await page.evaluate(() => {
    const faults = [];
    const tables = [...document.querySelectorAll("table[data-sortable]")];
    if (!tables.length) return ["no table can be sorted"];
    for (const table of tables) {
      const rows = () => [...table.tBodies[0].rows];
      const all = rows().length;
      [...table.tHead.rows[0].cells].forEach((head, column) => {
        const numeric = head.classList.contains("n");
        const key = (row) => {
          const cell = row.cells[column];
          const text = cell.dataset.sort ?? cell.textContent.trim();
          if (!numeric) return text;
          // "not known" stands with the blanks.
          return text === "" || Number.isNaN(Number(text)) ? "" : Number(text);
        };
        const inOrder = (sign) => {
          const keys = rows().map(key);
          const filled = keys.filter((value) => value !== "");
          const blanksLast = keys.slice(0, filled.length).every((value) => value !== "");
          return blanksLast && filled.every((value, at) => at === 0 || sign * (numeric ? value - filled[at - 1] : value.localeCompare(filled[at - 1], "en", { numeric: true })) >= 0);
        };
        for (const [wanted, sign] of [["ascending", 1], ["descending", -1]]) {
          head.querySelector("button")?.click();
          if (head.getAttribute("aria-sort") !== wanted) faults.push(`${table.id}, ${head.textContent}: aria-sort is ${head.getAttribute("aria-sort")}, not ${wanted}`);
          else if (!inOrder(sign)) faults.push(`${table.id}, ${head.textContent}: not ${wanted}`);
        }
      });
      if (rows().length !== all) faults.push(`${table.id}: ${rows().length} rows after sorting, ${all} before`);
      const field = table.parentElement.previousElementSibling?.querySelector("input[type=search]");
      if (!field) {
        if (all > 8) faults.push(`${table.id}: ${all} rows and no filter`);
        continue;
      }
      const type = (text) => {
        field.value = text;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      };
      const visible = () => rows().filter((row) => row.getClientRects().length);
      const wanted = rows()[all - 1].cells[0].textContent.trim();
      type(wanted.toUpperCase());
      const shown = visible();
      if (!shown.length || shown.length === all || !shown.every((row) => row.textContent.toLowerCase().includes(wanted.toLowerCase()))) faults.push(`${table.id}: the filter "${wanted}" leaves ${shown.length} of ${all} rows`);
      type("no row has this text");
      if (visible().length) faults.push(`${table.id}: rows stay that do not fit the filter`);
      type("");
      if (visible().length !== all) faults.push(`${table.id}: an emptied filter hides rows`);
    }
    return faults;
  });
  for (const text of [...told, ...seen]) fault(file, text);
  await page.close();
}

// Heads are repeated: the words of the longest table's first heading stand on every page that it covers.
async function prints(file) {
  for (const format of ["A4", "Letter"]) {
    const { page } = await open(browser, file, { theme: "dark" });
    await page.emulateMediaType("print");
    const cut = await page.evaluate(() => [...document.querySelectorAll("thead")].filter((head) => getComputedStyle(head).display !== "table-header-group").length);
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const pdf = await page.pdf({ format, preferCSSPageSize: false });
    const sheets = Buffer.from(pdf).toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    if (cut) fault(file, `${format}: ${cut} heads are not repeated on paper`);
    if (!["rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"].includes(paper)) fault(file, `${format}: prints on ${paper} in a dark theme`);
    console.log(`${path.basename(file)}, ${format}: ${sheets} sheets`);
    await page.close();
  }
}

// Scrolling is smooth: it has arrived when half a second moves nothing.
async function arrived() {
  for (let before = -1; before !== window.scrollY; ) {
    before = window.scrollY;
    await new Promise((done) => setTimeout(done, 500));
  }
}

async function links_to_lines(file) {
  const ids = [...readFileSync(file, "utf8").matchAll(/\bid="(line-[^"]+)"/g)].map(([, id]) => id);
  if (!ids.length) {
    if (lenient) console.log("SKIPPED the links to lines: admin.html has none");
    else fault(file, "no row can be linked to: no id begins with line-");
    return;
  }
  const id = ids.at(-1);
  for (const screen of Object.keys(SCREENS)) {
    const { page } = await open(browser, file, { screen, hash: `#${id}` });
    await page.evaluate(arrived);
    const box = await page.evaluate((id) => (document.getElementById(id).closest("tr") ?? document.getElementById(id)).getBoundingClientRect().toJSON(), id);
    // A row between two edges of the screen, or taller than it.
    if (box.height === 0 || box.bottom < 0 || box.top > SCREENS[screen].height) fault(file, `${screen}: #${id} opens ${Math.round(box.top)} px away from the line`);
    await page.close();
  }
}

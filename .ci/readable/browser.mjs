// Headless Chromium on one local file: what it asked for, what it complained of, and what a person can do with it.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.env.READABLE_CACHE}/package.json`);
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
export const THEMES = ["light", "dark"];

export const start = () =>
  puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

// Opens the file; `faults` goes on filling while the page lives.
export async function open(browser, file, { screen = "desktop", theme = "light", scripts = true, hash = "", scale = 1 } = {}) {
  const page = await browser.newPage();
  const faults = [];
  const own = pathToFileURL(file).href;
  page.on("request", (request) => request.url().split("#")[0] === own || faults.push(`asked for ${request.url()}`));
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  await page.setJavaScriptEnabled(scripts);
  await page.setViewport({ ...SCREENS[screen], deviceScaleFactor: scale });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  await page.evaluateOnNewDocument(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(own + hash);
  return { page, faults };
}

// Everything folded is unfolded first: what is hidden is not judged.
export async function judge(page, without = []) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
  await page.evaluate(axe);
  const { violations, incomplete } = await page.evaluate((without) => {
    const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
    return window.axe.run(document, { resultTypes: ["violations", "incomplete"], rules });
  }, without);
  const told = ({ id, help, nodes }) => `${id}: ${help} (${nodes.length} times; ${nodes[0].target.join(" ")}: ${nodes[0].failureSummary?.replace(/\s+/g, " ").slice(0, 220)})`;
  return { violations: violations.map((found) => `axe ${told(found)}`), unsure: incomplete.map(({ id, nodes }) => `${id} x ${nodes.length}`) };
}

// The pictures of .ci/readable/screenshots, before they are made small. Usage: node screenshots.mjs NIGHT MAIL_HTML OUT
import path from "node:path";
import { open, start } from "./browser.mjs";

const [night, mail, out] = process.argv.slice(2);
const browser = await start();
const take = async (name, file, { screen = "desktop", from = null, height }) => {
  const { page } = await open(browser, path.resolve(file), { screen, scale: screen === "phone" ? 2 : 1.5 });
  const { width } = page.viewport();
  const top = from ? await page.$eval(from, (element) => element.getBoundingClientRect().top + window.scrollY - 12) : 0;
  await page.screenshot({ path: path.join(out, `${name}.png`), fullPage: false, captureBeyondViewport: true, clip: { x: 0, y: top, width, height } });
  await page.close();
};
await take("report", `${night}/report.html`, { height: 1000 });
await take("admin", `${night}/admin.html`, { from: "#a1-actions .filter", height: 800 });
await take("mail", mail, { screen: "phone", height: 844 });
await browser.close();

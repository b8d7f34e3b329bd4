"use strict";
// An extra: every table is complete without it.
const AT_ONCE = 300; // Rows that a browser lays out without a pause; the others follow at a click, a link or on paper.
const order = new Intl.Collator("en", { numeric: true });
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const key = (row, column) => {
    const cell = row.cells[column];
    const sort = cell.dataset.sort ?? cell.textContent.trim();
    if (!cell.classList.contains("n")) return sort;
    // "not known" is no amount: it stands with the blanks.
    return sort === "" || Number.isNaN(Number(sort)) ? "" : Number(sort);
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : order.compare(a, b));
  const texts = new Map();
  const text = (row) => texts.get(row) ?? (texts.set(row, row.textContent.toLowerCase()), texts.get(row));
  let wanted = "";
  let whole = body.rows.length <= AT_ONCE;
  const more = document.createElement("button");
  more.type = "button";
  more.className = "more";
  more.addEventListener("click", () => { whole = true; show(); });
  const show = (all = whole) => {
    let fitting = 0;
    for (const row of body.rows) {
      const fits = wanted === "" || text(row).includes(wanted);
      fitting += fits;
      row.hidden = !fits || !(all || fitting <= AT_ONCE);
    }
    more.hidden = all || fitting <= AT_ONCE;
    more.textContent = `Show all ${fitting.toLocaleString("en")} rows`;
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [key(row, column), row]);
      // Blanks stay last either way.
      rows.sort(([a], [b]) => (a === "") - (b === "") || (down ? compare(b, a) : compare(a, b)));
      body.append(...rows.map(([, row]) => row));
      show();
    });
  });
  if (body.rows.length > 8) {
    const label = document.createElement("label");
    label.className = "filter";
    label.textContent = "Show only rows with";
    const input = document.createElement("input");
    input.type = "search";
    label.append(input);
    table.parentElement.before(label);
    input.addEventListener("input", () => {
      wanted = input.value.trim().toLowerCase();
      show();
    });
  }
  if (!whole) {
    table.parentElement.after(more);
    addEventListener("beforeprint", () => show(true));
    addEventListener("afterprint", () => show());
    show();
  }
}
const reveal = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const row = target?.closest("tr[hidden]");
  if (!row) return;
  row.hidden = false;
  target.scrollIntoView({ behavior: "instant" });
};
addEventListener("hashchange", reveal);
reveal();

// Tables that can be sorted by any column, and downloads of what the page knows.
const sorted = (table, column, up) => {
  const value = (row) => {
    const cell = row.cells[column];
    const known = cell.dataset.value ?? cell.textContent.trim();
    return cell.dataset.value === undefined ? known : known === "" ? null : Number(known);
  };
  const rows = [...table.tBodies[0].rows].map((row) => [value(row), row]);
  rows.sort(([a], [b]) => {
    if (a === null || b === null) return (a === null) - (b === null); // unknown ones stay last
    return (typeof a === "number" ? a - b : a.localeCompare(b)) * (up ? 1 : -1);
  });
  table.tBodies[0].append(...rows.map(([, row]) => row));
};

for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      sorted(table, column, up);
    });
  });
}

hooks.ready.push((data) => {
  for (const button of document.querySelectorAll("button[data-download]")) {
    const { name, type, text } = data.downloads[button.dataset.download];
    button.disabled = false;
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
  }
});

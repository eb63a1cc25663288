// Tables: filter rows by a column's value, copy a table as CSV. Skies: see sky.js.
document.addEventListener("DOMContentLoaded", () => {
  for (const select of document.querySelectorAll("select[data-filter]")) {
    select.addEventListener("change", () => {
      for (const row of document.querySelectorAll(`#${select.dataset.filter} tbody tr`))
        row.hidden = select.value !== "" && row.dataset[select.dataset.column] !== select.value;
    });
  }
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.addEventListener("click", async () => {
      const rows = [...document.querySelectorAll(`#${button.dataset.copy} tr`)].filter((row) => !row.hidden);
      const text = rows.map((row) => [...row.cells].map((cell) => quoted(cell.innerText.replaceAll("\n", " ").trim())).join(",")).join("\n");
      const said = button.parentElement.querySelector("[role=status]");
      try {
        await navigator.clipboard.writeText(text);
        said.textContent = `${rows.length - 1} rows copied`;
      } catch {
        const area = Object.assign(document.createElement("textarea"), { value: text, rows: 8, cols: 60, readOnly: true });
        said.replaceChildren("Select and copy: ", area);
        area.select();
      }
    });
  }
  for (const button of document.querySelectorAll("button[data-copy-text]")) {
    button.addEventListener("click", async () => {
      const deep = (part) => (part.shadowRoot ? deep(part.shadowRoot) : [...part.childNodes].map((node) => (node.nodeType === 3 ? node.data : node.tagName === "STYLE" ? "" : deep(node))).join(""));
      await navigator.clipboard.writeText(deep(document.getElementById(button.dataset.copyText)).trim() + "\n");
      button.parentElement.querySelector("[role=status]").textContent = "copied";
    });
  }
  window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => (part.open = true)));
});

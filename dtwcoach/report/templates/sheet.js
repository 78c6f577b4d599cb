// What the trainer decides becomes commands to type: a page changes nothing on the disk.
hooks.ready.push((data) => {
  const { remove, relabel, calibrate, end } = data.commands;
  const groups = [...document.querySelectorAll("fieldset.decide")];
  const commands = document.getElementById("commands");
  const told = document.getElementById("told");
  const copy = document.getElementById("copy");

  const collect = () => {
    const chosen = { keep: [], remove: [], relabel: [] };
    for (const group of groups) {
      const choice = group.querySelector("input:checked").value;
      chosen[choice].push(group.dataset);
      const sign = { keep: "", remove: "to be rejected", relabel: `to be ${group.dataset.other}` };
      group.closest("details").querySelector(".decided").textContent = sign[choice];
    }
    const lines = chosen.relabel.map(({ id, other }) => `${relabel} ${id} ${other}${end}`);
    if (chosen.remove.length) {
      lines.unshift(`${remove} ${chosen.remove.map(({ id }) => id).join(" ")}${end}`);
    }
    if (lines.length) lines.push(`${calibrate}${end}`);
    commands.textContent = lines.join("\n");
    commands.hidden = copy.hidden = !lines.length;
    told.textContent = lines.length
      ? `${chosen.remove.length} to be rejected, ${chosen.relabel.length} to get the other label. Type this in a terminal:`
      : "Nothing to do: all are kept as they are.";
  };

  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(commands.textContent);
      told.textContent = "Copied. Paste it into a terminal:";
    } catch {
      getSelection().selectAllChildren(commands); // not allowed here: the person's own keys are
      told.textContent = "Selected. Copy it with Ctrl+C or ⌘C, and paste it into a terminal:";
    }
  });
  for (const group of groups) {
    group.disabled = false;
    group.addEventListener("change", collect);
  }
  collect(); // some browsers remember choices when a page is loaded again
});

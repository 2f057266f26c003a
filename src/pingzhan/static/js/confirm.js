// Dialogs: `data-confirm="id"` on a button asks first; `data-dialog-open="id"` opens one; keys and focus are the browser's.

let sure = null;

export function start() {
  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-confirm], [data-dialog-open], [data-dialog-close], [data-dialog-ok]");
    if (!target) return;
    if (target.matches("[data-dialog-close]")) return close(target.closest("dialog"));
    if (target.matches("[data-dialog-ok]")) return agree(target.closest("dialog"));
    if (target.matches("[data-dialog-open]")) {
      event.preventDefault();
      return document.getElementById(target.dataset.dialogOpen)?.showModal();
    }
    if (target === sure) return undefined;
    const dialog = document.getElementById(target.dataset.confirm);
    if (!dialog?.showModal || (target.form && !target.form.checkValidity())) return undefined;
    event.preventDefault();
    dialog.asking = target;
    dialog.showModal();
    return undefined;
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLDialogElement && outside(event.target, event)) close(event.target);
  });
}

function outside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

function close(dialog) {
  dialog.close();
}

function agree(dialog) {
  const button = dialog.asking;
  dialog.close();
  if (!button) return;
  sure = button;
  button.click();
  sure = null;
}

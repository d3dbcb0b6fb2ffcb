// The page works without this script. It adds: local times, the figures of a download, signed links, and archives with progress.
import { figures } from "./sent.js"
import { links } from "./link.js"
import { archives } from "./zip.js"

for (const t of document.querySelectorAll("time[datetime]")) {
  const at = new Date(t.dateTime)
  t.title = t.textContent
  t.textContent = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(at)
}

const mode = document.querySelector("form.mode select")
mode?.addEventListener("change", () => {
  const to = new URL(location.href)
  mode.value ? to.searchParams.set("mode", mode.value) : to.searchParams.delete("mode")
  location.assign(to)
})
for (const b of document.querySelectorAll("form.mode button")) b.hidden = true

figures()
links()
archives()

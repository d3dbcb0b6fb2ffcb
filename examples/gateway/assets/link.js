// Signed links: the server signs, the script copies and shows the expiry.
import { announce } from "./common.js"

async function sign(button) {
  const dialog = document.getElementById("link")
  const part = name => document.getElementById(`link-${name}`)
  const row = button.closest("tr")
  part("name").textContent = button.dataset.name ?? row.querySelector(".name bdi").textContent
  try {
    const response = await fetch(button.dataset.sign, { headers: { Accept: "application/json" } })
    if (!response.ok) throw new Error(response.status === 404 ? "The file is gone, or you may not sign links to it." : `The server answered ${response.status}.`)
    const link = await response.json()
    const expires = new Date(link.expires)
    part("expires").dateTime = link.expires
    part("expires").textContent = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(expires)
    part("url").value = new URL(link.url, location.href).href
    try {
      await navigator.clipboard.writeText(part("url").value)
      part("state").textContent = "The link is in the clipboard."
    } catch {
      part("state").textContent = "The browser does not permit copying. Copy the link from the field."
    }
  } catch (error) {
    part("url").value = ""
    part("expires").textContent = "–"
    part("state").textContent = `There is no link. ${error.message}`
  }
  dialog.showModal()
  part("url").select()
  announce(part("state").textContent)
}

export function links() {
  for (const button of document.querySelectorAll("[data-sign]")) {
    button.hidden = false
    button.addEventListener("click", () => sign(button))
  }
}

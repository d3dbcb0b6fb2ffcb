// size returns a number of bytes for people, as the server does.
export function size(n) {
  if (n < 1000) return n === 1 ? "1 byte" : `${n} bytes`
  for (const unit of ["kB", "MB", "GB", "TB"]) {
    n /= 1000
    if (n < 9.95) return `${n.toFixed(1)} ${unit}`
    if (n < 999.5) return `${Math.round(n)} ${unit}`
  }
  return `${Math.round(n)} TB`
}

// announce gives a text to screen readers.
export function announce(text) {
  document.getElementById("announce").textContent = text
}

// save offers content as a download.
export function save(parts, type, name) {
  const a = document.createElement("a")
  a.href = URL.createObjectURL(new Blob(parts, { type }))
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(a.href), 60_000)
}

// fileName returns the name in a Content-Disposition.
export function fileName(disposition, otherwise) {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "")
  const plain = /filename="((?:[^"\\]|\\.)*)"/i.exec(disposition ?? "")
  try {
    if (extended) return decodeURIComponent(extended[1])
  } catch { /* the plain name follows */ }
  return plain ? plain[1].replace(/\\(.)/g, "$1") : otherwise
}

package blobdownload

import (
	"net/http"
	"strings"
)

// previewers are parts of the User-Agent, in lower case, of programs that fetch links in messages to show or scan them.
var previewers = []string{
	"slackbot", "facebookexternalhit", "facebookcatalog", "meta-externalfetcher", "twitterbot", "linkedinbot", "discordbot", "telegrambot",
	"whatsapp/", "skypeuripreview", "microsoftpreview", "bingpreview", "bingbot", "googlebot", "google-safety", "googleother", "applebot",
	"redditbot", "pinterestbot", "mattermost-bot", "iframely", "embedly", "yandexbot", "duckduckbot", "mimecast", "barracuda", "proofpoint",
}

// isPreview reports whether a request comes before the user's: a prefetch of the browser, or one of a program that shows
// or scans links. It gets no content of a link whose uses are counted.
func isPreview(h http.Header) bool {
	if isPrefetch(h) {
		return true
	}
	agent := strings.ToLower(h.Get("User-Agent"))
	for _, name := range previewers {
		if strings.Contains(agent, name) {
			return true
		}
	}
	return false
}

// isPrefetch reports whether a browser requests a resource that the user has not opened yet. Sec-Purpose is a list of
// the Fetch standard; browsers also send the others.
func isPrefetch(h http.Header) bool {
	for _, name := range [...]string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		for _, line := range h[name] {
			for item := range strings.SplitSeq(line, ",") {
				purpose, _, _ := strings.Cut(item, ";")
				switch strings.ToLower(strings.TrimSpace(purpose)) {
				case "prefetch", "preview", "prerender":
					return true
				}
			}
		}
	}
	return false
}

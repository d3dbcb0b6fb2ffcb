// Package redact removes credentials from texts that are logged: signed queries, passwords in URLs, and fields that
// authorize a request.
package redact

import "regexp"

// Each pattern keeps its first group, which names what was removed.
var patterns = []*regexp.Regexp{
	// A private key.
	regexp.MustCompile(`(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?:-----END [A-Z ]*-----|$)`),
	// A header field, up to the end of the line: its value has blanks and quotes.
	regexp.MustCompile(`(?i)(\b(?:proxy-)?authorization["']?[ \t]*[:=])[^\r\n]*`),
	regexp.MustCompile(`(?i)(\b(?:set-)?cookie["']?[ \t]*:)[^\r\n]*`),
	regexp.MustCompile(`(?i)(\bx-(?:amz-security-token|api-key|auth-token|ms-copy-source-authorization)["']?[ \t]*[:=])[^\r\n]*`),
	regexp.MustCompile(`(?i)(\bbearer[ \t]+)[a-z0-9._~+/=-]{16,}`),
	// The query of a URL, and of anything like one.
	regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*:[^\s"?]*\?)[^\s"]*`),
	regexp.MustCompile(`(\?)[^\s"?=]+=[^\s"]*`),
	// Userinfo. A password may have unescaped characters, so the last at sign ends it.
	regexp.MustCompile(`(//)[^\s"/?#@]+@(?:[^\s"/?#]*@)*`),
	regexp.MustCompile(`(//)[^\s"/:@]*:[^\s"@]*@`),
	regexp.MustCompile(`(^|[\s"'(=])[^\s"'/:@=(]+:[^\s"'/@:]+@`),
	// A parameter without its URL, as of a connection string.
	regexp.MustCompile(`(?i)(\b(?:x-(?:amz|goog)-(?:signature|credential|security-token)|sig|signature|` +
		`aws_?secret_?access_?key|aws_?session_?token|awsaccesskeyid|account_?key|shared_?access_?(?:key|signature)|sas_?token|` +
		`password|passwd|secret|(?:access|refresh)_?token|(?:client|hmac)_?secret)=)[^\s"&;,]+`),
}

// Text returns a text without credentials.
func Text(s string) string {
	for _, p := range patterns {
		s = p.ReplaceAllString(s, "${1}…")
	}
	return s
}

// Error returns err with a text without credentials, or nil. It wraps err.
func Error(err error) error {
	if err == nil {
		return nil
	}
	return redacted{err}
}

type redacted struct{ err error }

func (e redacted) Error() string { return Text(e.err.Error()) }
func (e redacted) Unwrap() error { return e.err }

package upstream

import (
	"log/slog"
	"net/http"
	"strings"
)

// Refusal is how an error code of a store is treated.
type Refusal struct {
	Code   string // the store's; one that ends in "*" is a prefix
	Kind   *Kind
	Advice string // to the operator; "" if there is nothing to do
}

// Kind is a treatment that error codes have in common.
type Kind struct {
	Status int  // of the response to the client
	Retry  bool // the same request may succeed later
	Level  slog.Level
	Limit  bool   // a record at Level is written once a minute for a store and a code; the others are at LevelDebug
	Text   string // what happens, for the documentation
}

// The kinds of errors. A store's own status is not passed on: its codes are more exact.
var (
	Missing   = &Kind{Status: http.StatusNotFound, Level: slog.LevelDebug, Text: "no such object"}
	NoBucket  = &Kind{Status: http.StatusNotFound, Level: slog.LevelError, Limit: true, Text: "no such bucket"}
	Denied    = &Kind{Status: http.StatusForbidden, Level: slog.LevelError, Limit: true, Text: "credentials or permissions"}
	Unclear   = &Kind{Status: http.StatusForbidden, Level: slog.LevelError, Limit: true, Text: "permissions, or no such object"}
	Expired   = &Kind{Status: http.StatusForbidden, Level: slog.LevelError, Limit: true, Text: "retried with renewed credentials"}
	Untimely  = &Kind{Status: http.StatusForbidden, Level: slog.LevelError, Limit: true, Text: "retried by the store's clock"}
	Archived  = &Kind{Status: http.StatusConflict, Level: slog.LevelWarn, Limit: true, Text: "the object is archived"}
	Moved     = &Kind{Status: http.StatusBadGateway, Level: slog.LevelError, Limit: true, Text: "another endpoint or region"}
	Misused   = &Kind{Status: http.StatusBadGateway, Level: slog.LevelError, Limit: true, Text: "configuration"}
	Transient = &Kind{Status: http.StatusBadGateway, Retry: true, Level: slog.LevelError, Text: "transient"}
	TimedOut  = &Kind{Status: http.StatusGatewayTimeout, Retry: true, Level: slog.LevelError, Text: "transient, a timeout"}
	Evaluated = &Kind{Text: "the precondition or range decides"}
)

// maySkew reports whether a wrong time in the signature may be the cause. Azure has one code for all faults of a
// signature, and a response to HEAD may have none.
func (r *Refusal) maySkew() bool {
	return r.Kind == Untimely || r.Code == "" && (r.Kind == Denied || r.Kind == Misused)
}

// find returns the refusal of a code, or nil.
func find(table []Refusal, code string) *Refusal {
	if code == "" {
		return nil
	}
	for i := range table {
		r := &table[i]
		prefix, isPrefix := strings.CutSuffix(r.Code, "*")
		if r.Code == code || isPrefix && strings.HasPrefix(code, prefix) {
			return r
		}
	}
	return nil
}

// refusalOf returns how a response is treated: by its code, or by its status if the table has no row for the code.
func refusalOf(table []Refusal, status int, code string) *Refusal {
	if r := find(table, code); r != nil && r.Kind != Evaluated {
		return r
	}
	if status == http.StatusNotFound {
		// Some stores send a 404 for an unknown access key, so that it need not mean a missing object.
		if code == "" || strings.HasPrefix(code, "NoSuch") {
			return &Refusal{Kind: Missing}
		}
		return &Refusal{Kind: Misused, Advice: "the endpoint has no such resource"}
	}
	for i := range byStatus {
		if byStatus[i].status == status {
			return &byStatus[i].refusal
		}
	}
	if status >= http.StatusInternalServerError {
		return &Refusal{Kind: Transient}
	}
	return &Refusal{Kind: Misused}
}

// byStatus has the refusals of responses with another code or none.
var byStatus = [...]struct {
	status  int
	refusal Refusal
}{
	{http.StatusBadRequest, Refusal{Kind: Misused}},
	{http.StatusUnauthorized, Refusal{Kind: Misused, Advice: "the store requires other credentials, or there are none"}},
	{http.StatusForbidden, Refusal{Kind: Denied, Advice: "the store refuses the credentials, or they may not read the object"}},
	{http.StatusMethodNotAllowed, Refusal{Kind: Misused, Advice: "the endpoint does not serve objects"}},
	{http.StatusRequestTimeout, Refusal{Kind: TimedOut}},
	{http.StatusGone, Refusal{Kind: Missing}},
	{http.StatusTooManyRequests, Refusal{Kind: Transient, Advice: "the store limits requests"}},
	{http.StatusNotImplemented, Refusal{Kind: Misused, Advice: "the store does not implement the request"}},
	{http.StatusGatewayTimeout, Refusal{Kind: TimedOut}},
	{http.StatusHTTPVersionNotSupported, Refusal{Kind: Misused}},
	{http.StatusLoopDetected, Refusal{Kind: Misused}},
}

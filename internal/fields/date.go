package fields

import (
	"net/http"
	"time"
)

// Date returns the time of an HTTP-date that can be sent again, or the zero time.
func Date(value string) time.Time {
	if value == "" {
		return time.Time{}
	}
	t, err := http.ParseTime(value)
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

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

// FormatDate returns t.UTC().Format(http.TimeFormat), the HTTP-date of a time, without a layout to parse.
func FormatDate(t time.Time) string {
	t = t.UTC()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.Format(http.TimeFormat)
	}
	hour, minute, second := t.Clock()
	var date [len(http.TimeFormat)]byte
	copy(date[:], http.TimeFormat)
	copy(date[0:3], t.Weekday().String())
	copy(date[8:11], month.String())
	putPair(date[5:], day)
	putPair(date[12:], year/100)
	putPair(date[14:], year%100)
	putPair(date[17:], hour)
	putPair(date[20:], minute)
	putPair(date[23:], second)
	return string(date[:])
}

// putPair writes two decimal digits.
func putPair(b []byte, n int) { b[0], b[1] = byte('0'+n/10), byte('0'+n%10) }

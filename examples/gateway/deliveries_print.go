package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/go-downloadview/downloadview/accesslog"
)

// deliveryPrinter prints records, one a line, and counts them.
type deliveryPrinter struct {
	to     io.Writer
	json   bool
	totals deliveryTotals
}

// deliveryTotals sums up records.
type deliveryTotals struct {
	by             [3]int64 // records, by Completeness
	bytes, skipped int64
}

func (t *deliveryTotals) add(r *accesslog.Record) {
	t.by[r.Completeness]++
	t.bytes += max(r.Bytes, 0)
}

func (t *deliveryTotals) String() string {
	return fmt.Sprintf("%d downloads: %d complete, %d incomplete, %d unknown; %d bytes; %d lines skipped",
		t.by[0]+t.by[1]+t.by[2], t.by[accesslog.Complete], t.by[accesslog.Incomplete], t.by[accesslog.Unknown], t.bytes, t.skipped)
}

// deliveryLine is a record as JSON. A number of bytes that is unknown is -1.
type deliveryLine struct {
	Time         time.Time `json:"time"`
	Method       string    `json:"method"`
	Status       int       `json:"status"`
	Completeness string    `json:"completeness"`
	Bytes        int64     `json:"bytes"`
	Length       int64     `json:"length"`
	Range        string    `json:"range,omitempty"` // FIRST-LAST
	Elapsed      float64   `json:"elapsed"`         // seconds
	Client       string    `json:"client,omitempty"`
	RequestID    string    `json:"request_id,omitempty"`
	ServerID     string    `json:"server_id,omitempty"`
	Path         string    `json:"path"`
	Key          string    `json:"key,omitempty"`
}

// print prints a record. A client chooses its path, which is therefore quoted.
func (p *deliveryPrinter) print(r *accesslog.Record) {
	client := ""
	if r.Client.IsValid() {
		client = r.Client.String()
	}
	if !p.json {
		name := r.Path
		if r.Key != "" {
			name = r.Key
		}
		fmt.Fprintln(p.to, r.Time.UTC().Format(time.RFC3339), r.Status, r.Completeness, orDash(r.Bytes), "of", orDash(r.Length),
			dashed(client), dashed(r.RequestID), strconv.Quote(name))
		return
	}
	line := deliveryLine{
		Time: r.Time.UTC(), Method: r.Method, Status: r.Status, Completeness: r.Completeness.String(), Bytes: r.Bytes, Length: r.Length,
		Elapsed: r.Elapsed.Seconds(), Client: client, RequestID: r.RequestID, ServerID: r.ServerID, Path: r.Path, Key: r.Key,
	}
	if n := r.Range.N; n > 0 {
		line.Range = fmt.Sprintf("%d-%d", r.Range.Off, r.Range.Off+n-1)
	}
	enc := json.NewEncoder(p.to)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(line) // an error stays in the buffer
}

func orDash(n int64) string {
	if n < 0 {
		return "-"
	}
	return strconv.FormatInt(n, 10)
}

func dashed(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

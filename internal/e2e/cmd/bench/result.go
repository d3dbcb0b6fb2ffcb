package main

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strconv"
)

// result holds the measurements of a run.
type result struct {
	Quick   bool
	Machine machine
	Missing []string // subjects that were not measured, with the reason
	Rows    []row
}

func readResult(name string) (*result, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var r result
	return &r, json.Unmarshal(data, &r)
}

// row is one subject under one workload.
type row struct {
	Group, Workload, Subject, Unit string
	Clients                        int       `json:",omitempty"`
	Rounds                         []float64 // one figure each
	Wrong                          string    `json:",omitempty"` // the reason why the subject has no figures
}

// add adds the figure of a round, with four significant digits.
func (r *row) add(figure float64) {
	short, err := strconv.ParseFloat(strconv.FormatFloat(figure, 'g', 4, 64), 64)
	if err == nil {
		r.Rounds = append(r.Rounds, short)
	}
}

// against returns the ratio of each round to that of another subject.
func (r *row) against(of *row) []float64 {
	ratios := make([]float64, min(len(r.Rounds), len(of.Rounds)))
	for i := range ratios {
		ratios[i] = r.Rounds[i] / of.Rounds[i]
	}
	return ratios
}

// find returns the row of a subject under a workload. It is nil if the subject has no figures.
func (r *result) find(workload, subject string) *row {
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Workload == workload && row.Subject == subject && row.Wrong == "" && len(row.Rounds) > 0 {
			return row
		}
	}
	return nil
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

// encode returns the JSON of a result, one row a line.
func (r *result) encode() ([]byte, error) {
	head := *r
	head.Rows = nil
	data, err := json.MarshalIndent(head, "", "\t")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Write(bytes.TrimSuffix(data, []byte("null\n}")))
	b.WriteString("[")
	for i := range r.Rows {
		line, err := json.Marshal(r.Rows[i])
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n\t\t")
		b.Write(line)
	}
	b.WriteString("\n\t]\n}\n")
	return b.Bytes(), nil
}

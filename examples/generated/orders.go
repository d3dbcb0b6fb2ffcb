package main

import (
	"context"
	"encoding/csv"
	"io"
	"iter"
)

// query is a query of a database, row by row. It must end when ctx does: the client has left.
type query func(ctx context.Context) iter.Seq2[[]string, error]

// writeTo writes the rows as CSV. After an error, the client sees a failed transfer instead of a short file.
func (rows query) writeTo(ctx context.Context, w io.Writer) error {
	out := csv.NewWriter(w)
	for row, err := range rows(ctx) {
		if err != nil {
			return err
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// orders has two rows that are in memory: in production, they are read from a database.
func orders(context.Context) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		_ = yield([]string{"id", "item"}, nil) && yield([]string{"1", `pen, "red"`}, nil)
	}
}

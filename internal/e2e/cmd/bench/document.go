package main

import (
	"fmt"
	"slices"
	"strings"
)

// section is a group in the document.
type section struct {
	group, text string
	long        bool // a line for each subject, rather than a column
}

var sections = []section{
	{group: localGroup, text: "`304` has the entity-tag, or the date where a server has no entity-tag. " +
		"`ranges` are 1,000 of 100 bytes, spread over 10 MiB. The sendfile loop is the limit: it opens, sends and nothing else."},
	{group: memoryGroup},
	{group: s3Group, text: "The store is a process of its own, whose CPU time does not count. " +
		"The nginx proxy, with its default buffers, net/http with Go's client and 256 KiB, and the splice relay sign nothing. " +
		"The relay is the limit, and that of a program with net/http on both sides is the one before. " +
		"With the CRC-32 or the CRC-64/NVME of an object in the store, the SDK and this library verify it."},
	{group: protocolGroup, text: "TLS is TLS 1.3 with HTTP/1.1, h2 is HTTP/2 with TLS 1.3, h2c is HTTP/2 without TLS."},
	{group: secureGroup, text: "The protocol is that of the clients; the store is reached by HTTP/1.1 without TLS."},
	{group: offloadGroup, long: true, text: "A proxy or the store sends the body, which these figures do not contain."},
	{group: scaleGroup, long: true, text: "A slow client reads 64 KiB a second of 10 MiB; the figure is resident memory for each. " +
		"`parallel clients` divides the CPU time of a request of many clients at once by that of one client. " +
		"`hot object` is the time of a response of 64 KiB, while 500 clients request it again and again: of half of the responses, or of " +
		"99 %, at most. " +
		"The capped store has a delay of 20 ms and 20 MiB/s a connection; " +
		"this library uses up to 8 of them, and another for each that ends. " +
		"Its peak memory is above that of the idle server. The archive has 1,000 objects of 4 KiB from a store with a delay of 20 ms."},
}

// document returns docs/performance.md.
func (r *result) document() string {
	kind, command := "full", "make bench"
	if r.Quick {
		kind, command = "quick", "make bench-quick"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `# Performance

This page is generated from `+"`internal/e2e/cmd/bench/performance.json`"+`, the result of a %s run. `+"`%s`"+` measures again.
`+"`make bench`"+` first runs the tests of what no measurement may loosen (`+"`make promises`"+`), and stops if one fails.

%s
- Each subject is a process of its own. Rounds alternate in order, figures are medians.
- CPU is the server process's, in µs a request. The client discards bodies in the kernel, except with TLS and HTTP/2.
- Status, length and bytes of each subject are checked. A subject that answers wrongly has no figures.
- Ratios compare one run on one machine. In a table, they are to its first subject.
%s
## Targets

%s`, kind, command, r.Machine.lines(), r.missing(), r.targetText())
	for i := range sections {
		r.section(&b, &sections[i])
	}
	return b.String()
}

// missing is the line of the subjects that are not installed.
func (r *result) missing() string {
	if len(r.Missing) == 0 {
		return ""
	}
	return "- Not measured: " + strings.Join(r.Missing, ", ") + ".\n"
}

func (m *machine) lines() string {
	s := fmt.Sprintf("- %s, %d CPUs, Linux %s, TCP congestion control %s, %s.\n- Versions: %s.\n", m.CPU, m.CPUs, m.Kernel,
		m.Congestion, m.Go, strings.Join(m.Versions, ", "))
	if m.Apart {
		s += "- The measured server has one CPU for itself. The client and the store have the others.\n"
	}
	if m.Connections > 1 {
		s += fmt.Sprintf("- Bodies up to 64 KiB and responses without a body are requested on %d connections, so that the server is busy. "+
			"Others have one connection.\n", m.Connections)
	}
	if m.Load > busy {
		return s + fmt.Sprintf("- **Other programs used the machine**: its load average was %.2f at the start. Figures vary more.", m.Load)
	}
	return s + fmt.Sprintf("- The load average was %.2f at the start.", m.Load)
}

func (r *result) section(b *strings.Builder, s *section) {
	rows := slices.DeleteFunc(slices.Clone(r.Rows), func(row row) bool { return row.Group != s.group })
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", s.group)
	if s.text != "" {
		b.WriteString(s.text + "\n\n")
	}
	if s.long {
		longTable(b, rows)
		return
	}
	for _, g := range charted {
		if g.group == s.group {
			alt := "CPU time of each subject, divided by that of " + rows[0].Subject + ", by workload"
			fmt.Fprintf(b, "![%s](performance-%s.svg)\n\n", alt, g.file)
		}
	}
	wideTable(b, rows)
}

// longTable has a line for each subject.
func longTable(b *strings.Builder, rows []row) {
	b.WriteString("| workload | subject | figure | from - to | ratio |\n|---|---|---:|---:|---:|\n")
	reference := &rows[0]
	for i := range rows {
		row := &rows[i]
		if row.Workload != reference.Workload {
			reference = row
		}
		name := row.Workload
		if row.Clients > 0 {
			name += fmt.Sprintf(" (%d)", row.Clients)
		}
		if row.Wrong != "" {
			fmt.Fprintf(b, "| %s | %s | wrong: %s | | |\n", name, row.title(), row.Wrong)
			continue
		}
		ratio := ""
		if row != reference {
			ratio = fmt.Sprintf("%.2f", median(row.against(reference)))
		}
		fmt.Fprintf(b, "| %s | %s | %s %s | %s - %s | %s |\n", name, row.title(), short(median(row.Rounds)), row.Unit,
			short(slices.Min(row.Rounds)), short(slices.Max(row.Rounds)), ratio)
	}
}

// wideTable has a line for each workload and a column for each subject: the figure, and its ratio to the first one.
func wideTable(b *strings.Builder, rows []row) {
	workloads, subjects := axes(rows)
	cells := map[[2]string]*row{}
	for i := range rows {
		cells[[2]string{rows[i].Workload, rows[i].Subject}] = &rows[i]
	}
	fmt.Fprintf(b, "| %s |", rows[0].Unit)
	for _, name := range subjects {
		fmt.Fprintf(b, " %s |", (&row{Subject: name}).title())
	}
	b.WriteString(" spread |\n|---|" + strings.Repeat("---:|", len(subjects)+1) + "\n")
	for _, workload := range workloads {
		fmt.Fprintf(b, "| %s |", workload)
		var reference *row
		var spread float64
		for _, name := range subjects {
			row := cells[[2]string{workload, name}]
			switch {
			case row == nil:
				b.WriteString(" |")
				continue
			case row.Wrong != "":
				fmt.Fprintf(b, " wrong: %s |", row.Wrong)
				continue
			case reference == nil:
				reference = row
				fmt.Fprintf(b, " %s |", short(median(row.Rounds)))
			default:
				fmt.Fprintf(b, " %s (%.2f) |", short(median(row.Rounds)), median(row.against(reference)))
			}
			spread = max(spread, quartiles(row.Rounds))
		}
		fmt.Fprintf(b, " ±%.0f %% |\n", spread*100)
	}
}

// axes returns the workloads and subjects of rows, in their order.
func axes(rows []row) (workloads, subjects []string) {
	for i := range rows {
		if !slices.Contains(workloads, rows[i].Workload) {
			workloads = append(workloads, rows[i].Workload)
		}
		if !slices.Contains(subjects, rows[i].Subject) {
			subjects = append(subjects, rows[i].Subject)
		}
	}
	slices.SortStableFunc(subjects, func(a, b string) int { return isOurs(a) - isOurs(b) })
	return workloads, subjects
}

func isOurs(subject string) int {
	if slices.Contains(ours, subject) {
		return 1
	}
	return 0
}

// title is the name of the subject, bold if it is one of this library.
func (r *row) title() string {
	if isOurs(r.Subject) == 1 {
		return "**" + r.Subject + "**"
	}
	return r.Subject
}

// quartiles is half the distance of the quartiles, divided by the median.
func quartiles(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return (s[len(s)*3/4] - s[len(s)/4]) / 2 / median(v)
}

func short(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

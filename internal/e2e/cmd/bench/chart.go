package main

import (
	"bytes"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// charting is a group with a chart.
type charting struct {
	group, file string // file is a part of the file's name
	prefix      string // of the workloads, whose names end with a size
}

var charted = []charting{
	{localGroup, "local", ""}, {memoryGroup, "memory", "memory, "}, {s3Group, "s3", "S3, "}, {protocolGroup, "protocols", ""},
}

func (g *charting) has(r *row) bool {
	return r.Group == g.group && strings.HasPrefix(r.Workload, g.prefix) && strings.HasSuffix(r.Workload, "iB")
}

const (
	chartWidth  = 9 * vg.Inch
	chartHeight = 4 * vg.Inch
)

// chart returns an SVG with the ratios of each subject of a group to its first subject.
func (r *result) chart(g *charting) ([]byte, error) {
	rows := slices.DeleteFunc(slices.Clone(r.Rows), func(row row) bool { return !g.has(&row) || row.Wrong != "" })
	workloads, subjects := axes(rows)
	ourColors, otherColors := slices.Clone(strongColors), slices.Clone(paleColors)
	p := plot.New()
	setFonts(p)
	p.BackgroundColor = color.White
	p.Y.Label.Text = "CPU time, divided by the first subject's"
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.ConstantTicks(ticks())
	p.Y.Min, p.Y.Max = 0.5, 2
	p.NominalX(workloads...)
	p.X.Max = float64(len(workloads))*1.25 - 1 // room for the legend
	p.Legend.Top, p.Legend.Padding = true, vg.Points(2)
	p.Add(plotter.NewGrid())
	for _, subject := range subjects {
		line, points, err := plotter.NewLinePoints(r.ratios(workloads, subject))
		if err != nil {
			continue // no workload has it
		}
		colors := &otherColors
		line.Width = vg.Points(1)
		if isOurs(subject) == 1 {
			colors, line.Width = &ourColors, vg.Points(2.5)
		}
		line.Color = (*colors)[0]
		*colors = append((*colors)[1:], line.Color)
		points.Color, points.Shape, points.Radius = line.Color, draw.CircleGlyph{}, vg.Points(2.5)
		p.Add(line, points)
		p.Legend.Add(subject, line, points)
	}
	var b bytes.Buffer
	canvas := vgsvg.New(chartWidth, chartHeight)
	p.Draw(draw.New(canvas))
	_, err := canvas.WriteTo(&b)
	return b.Bytes(), err
}

// ratios are the points of a subject: the index of a workload, and the ratio to its first subject.
func (r *result) ratios(workloads []string, subject string) plotter.XYs {
	var points plotter.XYs
	for i, name := range workloads {
		reference := slices.IndexFunc(r.Rows, func(row row) bool { return row.Workload == name })
		row := r.find(name, subject)
		if row == nil || r.Rows[reference].Wrong != "" {
			continue
		}
		points = append(points, plotter.XY{X: float64(i), Y: median(row.against(&r.Rows[reference]))})
	}
	return points
}

func ticks() []plot.Tick {
	return []plot.Tick{
		{Value: 0.1, Label: "0.1"}, {Value: 0.2, Label: "0.2"}, {Value: 0.5, Label: "0.5"}, {Value: 1, Label: "1"},
		{Value: 2, Label: "2"}, {Value: 5, Label: "5"}, {Value: 10, Label: "10"},
	}
}

func setFonts(p *plot.Plot) {
	for _, f := range []*font.Font{
		&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Tick.Label.Font,
		&p.Legend.TextStyle.Font,
	} {
		f.Typeface, f.Variant, f.Size = "Liberation", "Sans", 9
	}
}

// Colors that remain distinct for most kinds of color vision: of this library, and of others.
var (
	strongColors = []color.Color{
		color.RGBA{0xd5, 0x5e, 0x00, 0xff}, color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0x00, 0x00, 0x00, 0xff},
	}
	paleColors = []color.Color{
		color.RGBA{0x55, 0x55, 0x55, 0xff}, color.RGBA{0xe6, 0x9f, 0x00, 0xff}, color.RGBA{0x56, 0xb4, 0xe9, 0xff},
		color.RGBA{0x00, 0x9e, 0x73, 0xff}, color.RGBA{0xcc, 0x79, 0xa7, 0xff}, color.RGBA{0xaa, 0xaa, 0xaa, 0xff},
	}
)

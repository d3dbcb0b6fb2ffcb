package accesslog

import "strings"

// Format is the format of a log.
type Format uint8

const (
	// Detect chooses the format by the first line that is one of the others.
	Detect Format = iota

	// Nginx is the log_format "downloads" of docs/servers/nginx.conf.
	Nginx

	// S3 is Amazon S3's server access log.
	S3

	// CloudFront is CloudFront's standard log in its W3C format: values are separated by tabs, and a line "#Fields:" names
	// them.
	CloudFront
)

// String returns "detect", "nginx", "s3" or "cloudfront".
func (f Format) String() string {
	switch f {
	case Nginx:
		return "nginx"
	case S3:
		return "s3"
	case CloudFront:
		return "cloudfront"
	default:
		return "detect"
	}
}

// verdict is the kind of a line.
type verdict uint8

const (
	foreign verdict = iota // not a line of the format: skipped and counted
	other                  // a line of the format that is no download
	download
)

// parser parses the lines of one format. ended reports whether the line had a line break.
type parser interface {
	parse(line string, ended bool) (Record, verdict)
}

func (f Format) parser() parser {
	switch f {
	case Nginx:
		return nginxParser{}
	case S3:
		return s3Parser{}
	case CloudFront:
		return &cloudFrontParser{}
	default:
		return &detector{}
	}
}

// detector has the parser of the first line that one accepts.
type detector struct {
	found  parser
	format Format
}

func (d *detector) parse(line string, ended bool) (Record, verdict) {
	if d.found != nil {
		return d.found.parse(line, ended)
	}
	format := S3
	switch {
	case strings.HasPrefix(line, "{"):
		format = Nginx
	case strings.HasPrefix(line, "#"):
		format = CloudFront
	}
	p := format.parser()
	r, v := p.parse(line, ended)
	if v != foreign {
		d.found, d.format = p, format
	}
	return r, v
}
